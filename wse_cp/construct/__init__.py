"""Placements from nothing: rows along the data flow, stacks, slicing trees."""
