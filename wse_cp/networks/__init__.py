"""Where instances come from in Python: the contest's twenty problems, model files, networkx graphs.

Start with `contest` (a problem by its letter) and `model` (a model file, docs/formats.md). `families` builds
residual networks, U-Nets and fully connected ones; `network` is a network before wafer and weights make an
instance of it; `graph` takes networkx graphs; `toml_table` reads TOML with errors that name the line.
"""
