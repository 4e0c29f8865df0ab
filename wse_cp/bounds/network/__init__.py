"""The network as a bound sees it: cells, spine, and the runs along it (docs/bounds.md, sections 4, 5)."""
