"""The command ``check``: violations or score of a solution file."""

from __future__ import annotations

import typer

from wse_cp.cli.app import ILLEGAL, InstanceFile, JsonOption, SolutionFile, app, examples, print_answer


@app.command(
    epilog=examples(
        "wse-cp check instances/A.kgraph instances/best/A.paint",
        "wse-cp check A.kgraph A.paint --json | jq .cost",
    )
)
def check(instance: InstanceFile, solution: SolutionFile, as_json: JsonOption = False) -> None:
    """Score a placement or list what is wrong with it. Status 0 legal, 1 illegal, 2 unreadable."""
    from wse_cp import api
    from wse_cp.report.terminal import verdict_lines

    network = api.load(instance)
    grade = api.judge_solution(network, solution)
    print_answer(grade.to_json(str(instance)) if as_json else verdict_lines(grade, network.settings))
    raise typer.Exit(0 if grade.score else ILLEGAL)
