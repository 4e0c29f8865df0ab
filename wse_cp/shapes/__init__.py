"""The shapes a kernel can take: which execution arguments are worth a look, and what footprint they have.

Start with `options`: all Pareto-minimal shapes of a kernel as values. `curves` gives the least extent for
each limit on the other, `matched` the shapes with wanted protocols, `splits` the loop splits at which
something changes. `loops` are the compiled loops behind them, `arrays` the array types.
"""
