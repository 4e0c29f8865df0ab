"""Files of instances, placements and runs (`.kgraph`, `.paint`, JSON, CSV); errors name file and line."""
