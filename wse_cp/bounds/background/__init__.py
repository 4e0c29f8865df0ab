"""A lower bound that is sought beside the search for placements, in a process of its own.

`work` is the search for it, `child` the process, `process` the parent's side, `signs` what the search for
placements should know of a proof that is near.
"""
