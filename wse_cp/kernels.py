"""The kernels and their performance model, exact: the only place that knows the formulas.

Source: the ISPD 2020 contest's kernel definitions (conv, dblock, cblock). ``ceil`` applies to
loop trip counts only; every other division is exact. Sizes are in tiles, times in cycles (up to the
contest's common factor), memory in words per tile.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from wse_cp.errors import InputError
from wse_cp.integers import hold_integers, integers

if TYPE_CHECKING:
    from numpy.typing import NDArray

Splits = TypeVar("Splits", int, "NDArray[Any]")

#: Largest formal argument and largest number of multiplications of one convolution that are
#: accepted: beyond them the 64-bit loops in shapes/loops.py might no longer be exact (its docstring
#: does the sum).
MAX_ARGUMENT = 1 << 20
MAX_WORK = 1 << 44


@dataclass(frozen=True)
class Conv:
    """A convolution: image H x W, receptive field R x S, C channels in, K out, stride T (= U)."""

    H: int
    W: int
    R: int
    S: int
    C: int
    K: int
    T: int

    type_name: ClassVar[str] = "conv"  #: keyword in files

    def __post_init__(self) -> None:
        hold_integers(self, ("H", "W", "R", "S", "C", "K", "T"))


@dataclass(frozen=True)
class _Block:
    """What both kinds of residual blocks consist of."""

    H: int
    W: int
    F: int

    def __post_init__(self) -> None:
        hold_integers(self, ("H", "W", "F"))


@dataclass(frozen=True)
class DBlock(_Block):
    """A residual bottleneck block on an H x W image with F output channels."""

    type_name: ClassVar[str] = "dblock"


@dataclass(frozen=True)
class CBlock(_Block):
    """A down-sampling block with a projection branch: image H x W in, F channels out."""

    type_name: ClassVar[str] = "cblock"


Kernel = Conv | DBlock | CBlock
KERNEL_TYPES: dict[str, type[Conv] | type[DBlock] | type[CBlock]] = {
    kind.type_name: kind for kind in (Conv, DBlock, CBlock)
}


@dataclass(frozen=True)
class Arguments:
    """Execution arguments: into how many tiles each loop is split.

    `c` and `k` hold one number for each convolution of the kernel; `h` and `w` are shared. Raises
    `InputError` unless they are whole numbers; for their ranges see `check_arguments`.
    """

    h: int
    w: int
    c: tuple[int, ...]
    k: tuple[int, ...]

    def __post_init__(self) -> None:
        hold_integers(self, ("h", "w"))
        if (c := integers(self.c, "c")) is not self.c:
            object.__setattr__(self, "c", c)
        if (k := integers(self.k, "k")) is not self.k:
            object.__setattr__(self, "k", k)


@dataclass(frozen=True)
class Performance:
    """What a kernel costs under given execution arguments (before rotation)."""

    width: int  #: tiles
    height: int  #: tiles
    time: Fraction  #: cycles
    memory: Fraction  #: words per tile


@dataclass(frozen=True)
class Protocol:
    """How a tensor is split at a kernel's door: rows, columns, channels."""

    h: int
    w: int
    channels: int


@cache
def convs(kernel: Kernel) -> tuple[Conv, ...]:
    """Return the convolutions a kernel consists of, in the order of its c and k arguments."""
    if isinstance(kernel, Conv):
        return (kernel,)
    H, W, F = kernel.H, kernel.W, kernel.F
    if isinstance(kernel, DBlock):
        return (
            Conv(H, W, 1, 1, F, F // 4, 1),
            Conv(H, W, 3, 3, F // 4, F // 4, 1),
            Conv(H, W, 1, 1, F // 4, F, 1),
        )
    return (
        Conv(H, W, 1, 1, F // 2, F // 4, 1),
        Conv(H, W, 3, 3, F // 4, F // 4, 2),
        Conv(H // 2, W // 2, 1, 1, F // 4, F, 1),
        Conv(H, W, 1, 1, F // 2, F, 2),
    )


def conv_trips(conv: Conv, h: int, w: int, c: int, k: Splits) -> Splits:
    """Return the number of loop trips left to each tile; many, for an array of splits."""
    return -(-conv.H // h) * -(-conv.W // w) * -(-conv.C // c) * -(-conv.K // k)


def conv_time(conv: Conv, h: int, w: int, c: int, k: int) -> Fraction:
    """Return the time of one convolution (cycles, a multiple of 1 / T^2)."""
    return Fraction(conv_trips(conv, h, w, c, k) * conv.R * conv.S, conv.T**2)


def conv_memory(conv: Conv, h: int, w: int, c: int, k: int) -> Fraction:
    """Return weights plus activations of one convolution (words per tile)."""
    weights = Fraction(conv.C, c) * Fraction(conv.K, k) * conv.R * conv.S
    halo = Fraction(conv.W + conv.S - 1, w) * Fraction(conv.H + conv.R - 1, h)
    return weights + halo * Fraction(conv.K, k)


def conv_width(k: Splits) -> Splits:
    """Return the width of a convolution (tiles, before rotation); of many, for an array of splits."""
    return 3 * k


def conv_height(h: int, w: int, c: int) -> int:
    """Return the height of a convolution (tiles, before rotation)."""
    return h * w * (c + 1)


def conv_sizes(args: Arguments) -> tuple[tuple[int, int], ...]:
    """Return the (width, height) of each convolution of a kernel (tiles, before rotation).

    A block's convolutions stand side by side, in order, from left to right.
    """
    return tuple((conv_width(k), conv_height(args.h, args.w, c)) for c, k in zip(args.c, args.k, strict=True))


def work(kernel: Kernel) -> Fraction:
    """Return the multiplications a kernel has to do for one input (time x multipliers, unsplit)."""
    return sum((conv_time(conv, 1, 1, 1, 1) for conv in convs(kernel)), Fraction(0))


def performance(kernel: Kernel, args: Arguments) -> Performance:
    """Return size, time and memory of a kernel under `args`.

    Raises `InputError` if the arguments do not fit the kernel (see `check_arguments`).
    """
    check_arguments(kernel, args)
    parts = convs(kernel)
    sizes = conv_sizes(args)
    loops = [(part, args.h, args.w, c, k) for part, c, k in zip(parts, args.c, args.k, strict=True)]
    return Performance(
        width=sum(width for width, _ in sizes),
        height=max(height for _, height in sizes),
        time=max(conv_time(*loop) for loop in loops),
        memory=max(conv_memory(*loop) for loop in loops),
    )


def input_protocol(args: Arguments) -> Protocol:
    """Return the protocol a kernel reads with: that of its first convolution."""
    return Protocol(args.h, args.w, args.c[0])


def output_protocol(args: Arguments) -> Protocol:
    """Return the protocol a kernel writes with: k of a conv, k3 of both blocks."""
    return Protocol(args.h, args.w, args.k[min(2, len(args.k) - 1)])


def mismatches(output: Protocol, input: Protocol) -> tuple[bool, bool, bool]:
    """Return for each loop split (rows, columns, channels) whether an edge's two ends differ in it."""
    return output.h != input.h, output.w != input.w, output.channels != input.channels


def adapters(output: Protocol, input: Protocol) -> int:
    """Return how many adapters an edge needs: one for each loop split that differs.

    This is our reading of the contest (the organisers' own wording is not at hand); it stands
    here and nowhere else.
    """
    return sum(mismatches(output, input))


def check_arguments(kernel: Kernel, args: Arguments) -> None:
    """Raise `InputError` unless `args` has the right count of numbers, all at least 1."""
    count = len(convs(kernel))
    if len(args.c) != count or len(args.k) != count:
        raise InputError(f"{count} c and {count} k arguments", f"{len(args.c)} and {len(args.k)}")
    if min(args.h, args.w, *args.c, *args.k) < 1:
        raise InputError("execution arguments of at least 1", str(min(args.h, args.w, *args.c, *args.k)))


def formal_arguments(kernel: Kernel) -> dict[str, int]:
    """Return the formal arguments by name, in the order of the class."""
    return {field.name: getattr(kernel, field.name) for field in fields(kernel)}


def formal_text(kernel: Kernel) -> str:
    """Return the formal arguments as text, such as "H=14 W=14 F=64"."""
    return " ".join(f"{key}={value}" for key, value in formal_arguments(kernel).items())


def check_kernel(kernel: Kernel) -> None:
    """Raise `InputError` unless the formulas are meaningful for the formal arguments."""
    for name, value in formal_arguments(kernel).items():
        if not 1 <= value <= MAX_ARGUMENT:
            raise InputError(f"{name} between 1 and {MAX_ARGUMENT}", f"{name}={value}")
    if not isinstance(kernel, Conv) and kernel.F % 4:
        raise InputError("F divisible by 4 in a block", f"F={kernel.F}")
    if isinstance(kernel, CBlock) and (kernel.H % 2 or kernel.W % 2):
        raise InputError("even H and W in a cblock", f"H={kernel.H} W={kernel.W}")
    for conv in convs(kernel):
        image = (conv.H + conv.R - 1) * (conv.W + conv.S - 1)
        work = image * conv.R * conv.S * conv.C * conv.K
        if work > MAX_WORK:
            raise InputError(f"at most {MAX_WORK} multiplications in one convolution", str(work))
