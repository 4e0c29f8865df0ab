"""Mutated inputs of every format: each ends in one line, or in what an independent reading says too.

Usage: ``python -m benchmarks.mutations [--count N] [--seed S] [--formats A,B] [--case FORMAT:NUMBER]``.

`damage` mutates texts, bytes and plain values, `graphs` messages of ONNX; `samples` has what is mutated.
`judging` says what must hold of an instance, a placement or a result that was accepted, `plain` reads it
again by other means; `formats` puts this together for each format and `certificates` for certificates.
`children` runs the cases in processes that are watched.
"""
