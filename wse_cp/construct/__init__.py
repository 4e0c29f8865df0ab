"""Placements from nothing: rows along the data flow, slicing trees."""
