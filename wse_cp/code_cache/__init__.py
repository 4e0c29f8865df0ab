"""Machine code that is kept between runs, and shared by processes: never needed, and never trusted blindly.

`folders` finds where it is kept, `checked` reads and writes its files with a seal, `shared` has a function
compiled once while others wait. Whatever is wrong with a cache is said once; what it lacks is compiled.
"""
