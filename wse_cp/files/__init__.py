"""File formats: .kgraph and .paint of the contest, JSON, and traces of runs.

Start with `by_suffix`, which reads and writes instances and placements in the format a file name asks for.
`kgraph` and `paint` are the contest's formats; `json_documents`, `json_models` and
`json_text` are JSON's content, keys and syntax; `trace` is the history of a run. `rules` has what all formats
demand (names, limits), `scanner` the tokens of the contest's formats, `text` whole files. For users, the
formats are described in docs/formats.md and docs/interchange.md.
"""
