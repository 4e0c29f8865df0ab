"""The search for a lower bound beside a search for placements, in a process of its own.

`process` is the parent's side, `child` the process itself, `messages` what they say to each other.
"""
