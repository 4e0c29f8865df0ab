"""Child processes of this package: pickled messages over two pipes, and an end that takes nobody by surprise.

`child_process` is the parent's side, and keeps a process for later; `start` is the child's program, `pipes`
its side and what both write with. `interpreter` finds the program that runs Python, `tries` counts how often
one is started again. `budget` shares memory out among processes, `guard` looks after it, and `reliefs` has
those who can give it up.
"""
