"""Text in, values out: instance files (.kgraph), solution files (.paint), with errors by line."""
