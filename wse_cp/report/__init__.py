"""Pictures and tables of instances and placements."""
