"""Searching on a cluster of Dask workers, as a source of placements for one run (docs/cluster.md).

`connection` reaches a cluster, `portfolio` is the client's side of a run, `members` looks after the workers,
`worker` is what they are asked, `session` the search on one, `messages` what they say.
"""
