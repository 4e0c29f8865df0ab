"""Child processes of this package: pickled messages over two pipes, and an end that takes nobody by surprise.

`child_process` is the parent's side, `serving` the child's, `sender` has what both write with; `idle` keeps a
process for later.
"""
