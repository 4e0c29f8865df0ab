"""Placements in rows along the data flow: orders cut into rows, heights by dynamic programming."""
