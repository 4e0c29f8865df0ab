"""The report page: one HTML file that shows solutions side by side and needs no network."""
