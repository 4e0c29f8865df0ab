"""What is mutated: instances, placements, results, checkpoints and model files, mostly small ones."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from wse_cp.api import load, load_placement
from wse_cp.checkpoint.kept import ABOVE, BESIDE, Kept, KeptOperator, KeptTree
from wse_cp.construct.shelves import first_placement
from wse_cp.instance import Edge, Instance, Node, Settings, Terminal
from wse_cp.kernels import Conv, DBlock, Kernel
from wse_cp.networks.model import parse_model
from wse_cp.options import RunOptions
from wse_cp.placement import Placement
from wse_cp.result import OperatorStatistics, Result
from wse_cp.score import score

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "wse_cp/networks/models"
#: Model files of moderate networks.
_MODELS = (
    *("transformer-5", "layered-60", "inception-8", "mobilenet-17", "densenet-42", "unet"),
    *("resnet50-blocks", "resnet50-lean-convs", "fully-connected", "residual-chain-334"),
)
#: Words of the formats of the contest.
KGRAPH_WORDS = (
    *(
        "[",
        "]",
        "(*",
        "*)",
        "'",
        "=",
        ":",
        ",",
        "->",
        " ",
        "\t",
        "\n",
        "conv",
        "dblock",
        "cblock",
        "input",
        "output",
    ),
    *("name='k1'", "name=''", "f=16", "F=16", "T=2", "U=2", "n=[1 1]", "width=1", "memlimit=1", "test=x"),
    *("(*\nwidth=9\n*)", "(*", "k1", "k01", "conv[1]:y -> conv[2]:x, shape:[1]", "dblock[5] f=8 h=4 w=4"),
)
PAINT_WORDS = (
    *(
        "(",
        ")",
        "(*",
        "*)",
        "'",
        "=",
        ":",
        " ",
        "\t",
        "\n",
        "R0",
        "R90",
        "R180",
        "R270",
        "R45",
        "k1",
        "k01",
        "k001",
    ),
    *(
        "k1 : place(0 0 R0)",
        "k1 = conv( 1 1 1 1 1 1 1 1 1 1 1 1 )",
        "union(",
        "include",
        'include "x"',
        "place",
    ),
    *("name('k1)", "conv(", "dblock(", "place(0 0", "place(0 0 R0 R0)", "kmap = union( k1 )"),
)
TRACE_WORDS = (",", "\n", "seconds,cost", "1/3", "0.00", "-1", "1e3", "inf")


@cache
def chain() -> Instance:
    """Return four kernels with an input and an output, of which three are alike."""
    small, block = Conv(4, 4, 3, 3, 4, 8, 1), DBlock(4, 4, 16)
    ends = Terminal("input", (4, 4, 4)), Terminal("output", ())
    kernels: tuple[Kernel | Terminal, ...] = (ends[0], small, block, block, small, ends[1])
    nodes = tuple(Node(i, f"k{i}", kernel) for i, kernel in enumerate(kernels))
    links = ((0, 1), (1, 2), (2, 3), (3, 4), (1, 3), (1, 3), (4, 5))
    edges = tuple(Edge(f"k{u}", f"k{v}", (4, 4, 16) if u == 2 else ()) for u, v in links)
    return Instance(Settings(60, 40, 1, 2, 3, 3000), nodes, edges, "a chain")


@cache
def instances() -> tuple[Instance, ...]:
    """Return instances of the contest's kind, a small one first."""
    return chain(), *(load(ROOT / f"instances/{letter}.kgraph") for letter in "AKMT")


@cache
def solved() -> tuple[tuple[Instance, Placement], ...]:
    """Return instances with legal placements."""
    placement = first_placement(chain(), lambda: False)
    assert placement is not None
    found = [(chain(), placement)]
    for letter in "AMT":
        instance = load(ROOT / f"instances/{letter}.kgraph")
        found.append((instance, load_placement(ROOT / f"instances/best/{letter}.paint", instance)))
    return tuple(found)


@cache
def result(instance: Instance, placement: Placement) -> Result:
    """Return a result of a run that never was."""
    found = score(instance, placement)
    certificate = '{"format": "wse-cp lower bound"}'
    bound = Fraction(found.cost.numerator // 2, found.cost.denominator)
    return Result(
        instance=instance,
        placement=placement,
        score=found,
        seconds=12.5,
        seed=7,
        stopped_by="time limit",
        options=RunOptions(time_limit=12.5, workers=2, seed=7),
        history=((0.5, 2 * found.cost), (3.25, found.cost)),
        statistics=(OperatorStatistics("rows", 3, 1, Fraction(1, 3), 0.5),),
        lower_bound=bound,
        certificate=certificate,
        verified=True,
    )


@cache
def kept(instance: Instance) -> Kept:
    """Return the state of a search of an instance."""
    count = len(instance.kernels)
    nodes = [0]
    for number in range(1, count):
        nodes += [number, BESIDE if number % 2 else ABOVE]
    splits = ((0, 0, 0, 0), (1, 1, 2, 3)) * count
    return Kept(
        seed=7,
        seconds=12.5,
        runs=2,
        started=True,
        orders=(tuple(range(count)), tuple(reversed(range(count)))),
        trees=(KeptTree(tuple(nodes), Fraction(5, 2)), KeptTree(tuple(nodes), Fraction(12), splits[:count])),
        operators=((KeptOperator("near-window", 4.5, 1.25, 3.0, 9),), ()),
        statistics=(OperatorStatistics("rows", 3, 1, Fraction(1, 3), 0.5),),
    )


@cache
def models() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return text and table of some model files."""
    texts = [(MODELS / f"{name}.toml").read_text() for name in _MODELS]
    for text in texts:
        parse_model(text, "a model")
    return tuple((text, tomllib.loads(text)) for text in texts)


def spaced(instance: Instance) -> Instance:
    """Return an instance with a label and names as people may give them."""
    names = {node.name: f"layer/{node.name}.é" for node in instance.nodes}
    nodes = tuple(replace(node, name=names[node.name]) for node in instance.nodes)
    edges = tuple(replace(e, source=names[e.source], target=names[e.target]) for e in instance.edges)
    return replace(instance, nodes=nodes, edges=edges, test="$x$ = (1) <b>")


def traces() -> Sequence[str]:
    """Return texts of traces."""
    return (
        "seconds,cost\n0.50,1000\n1.25,999.5\n7.00,500/3\n",
        "seconds,cost\n" + "".join(f"{n / 10:.2f},{1000 - n}\n" for n in range(50)),
    )
