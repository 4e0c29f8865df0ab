"""Export for other programs: results as JSON, networks for Graphviz, problems for MiniZinc.

`formats` chooses by the ending of a file's name, among the formats of `wse_cp.files`, too. `result_document`
writes and reads the whole of a run as JSON, with published schemas; `dot` writes the network for Graphviz;
`minizinc/` a model and data files. CSV tables stand in `wse_cp.report.frames`. docs/interchange.md describes
all of them.
"""
