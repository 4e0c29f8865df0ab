"""The report page: one HTML file that shows solutions side by side, with no need of a network."""
