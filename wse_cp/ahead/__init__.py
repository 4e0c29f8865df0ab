"""Compiling ahead: all compiled loops at once, in several processes, when a machine has no code for them yet.

`parts` says what is compiled together, `child` is the process that compiles, `compiling` starts and waits.
"""
