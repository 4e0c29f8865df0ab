"""Export for other programs: results as JSON, networks for Graphviz, problems for MiniZinc.

`result_document` writes and reads the whole of a run as JSON, with published schemas; `dot` writes the
network for Graphviz; `minizinc/` a model and data files. docs/interchange.md describes all of them; CSV
tables stand in `wse_cp.report.frames`, JSON instances and placements in `wse_cp.files`.
"""
