"""The network as a bound sees it: cells, tree, spine, and the runs along it (docs/bounds.md, 4 to 6)."""
