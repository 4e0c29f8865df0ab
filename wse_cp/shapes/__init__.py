"""All Pareto-minimal shapes of a kernel, and shape curves; the compiled loops live in `loops`."""
