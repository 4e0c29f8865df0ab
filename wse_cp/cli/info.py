"""The command ``info``: what there is to know of an instance."""

from __future__ import annotations

from wse_cp.cli.app import InstanceFile, app, examples, print_rich


@app.command(epilog=examples("wse-cp info instances/A.kgraph"))
def info(instance: InstanceFile) -> None:
    """Describe an instance: its network, weights and kernels."""
    from wse_cp import api
    from wse_cp.report.terminal import describe

    print_rich(describe(api.load(instance)))
