"""Checkpoints: what a run keeps on disk, and what a later one goes on from (docs/checkpoints.md).

`kept` and `document` say what is kept, `folder` where, `memory` is what the search tells of itself, `writer`
the thread that writes.
"""
