"""Where instances come from in Python: problems by name, model files, networkx graphs.

Start with `contest` and `large` (problems by name, from tables that `problems` reads) and `model` (a model
file, docs/formats.md). `family_tables` reads the keys of each family in `families/`, which build networks;
`network` is a network before wafer and weights make an instance of it; `graph` takes networkx graphs;
`toml_table` reads TOML with errors that name the line.
"""
