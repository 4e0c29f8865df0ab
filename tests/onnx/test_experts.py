"""Mixtures of experts: what is multiplied, against counts made by hand or by a run of the network."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")

from onnx import ModelProto  # noqa: E402

from benchmarks.onnx_models import Builder, mixture  # noqa: E402
from tests.onnx.counting import products  # noqa: E402
from wse_cp.errors import InputError  # noqa: E402
from wse_cp.kernels import Conv, Kernel, work  # noqa: E402
from wse_cp.onnx import ImportedNetwork, ImportOptions, read_model  # noqa: E402
from wse_cp.onnx.options import ExpertTokens, parse_expert_tokens  # noqa: E402
from wse_cp.onnx.routing import shares  # noqa: E402

CHANNELS, HIDDEN = 8, 24


def read(model: ModelProto, tokens: ExpertTokens = None) -> ImportedNetwork:
    return read_model(model, options=ImportOptions(expert_tokens=tokens))


def multiplied(kernels: Iterable[Kernel]) -> int:
    return int(sum(map(work, kernels)))


def notes(network: ImportedNetwork) -> str:
    return "\n".join(network.report.lines())


# A loop over experts, each with the tokens that a NonZero picks.


def test_a_loop_is_refused_with_a_way_out_that_says_how_many_tokens_there_are() -> None:
    with pytest.raises(InputError) as caught:
        read(mixture(8, 4, 2))
    text = str(caught.value)
    assert "NonZero" in text
    assert "--expert-tokens even" in text
    assert "16 tokens of 4 experts" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("tokens", "rows"),
    [("even", [4, 4, 4, 4]), ("all", [8, 8, 8, 8]), (3, [3, 3, 3, 3])],
)
def test_each_expert_gets_what_the_user_says(tokens: ExpertTokens, rows: list[int]) -> None:
    network = read(mixture(8, 4, 2), tokens)
    router, *experts = network.instance.kernels.values()
    assert router == Conv(8, 1, 1, 1, CHANNELS, 4, 1)
    expected = [
        Conv(count, 1, 1, 1, *ends, 1)
        for count in rows
        for ends in ((CHANNELS, HIDDEN), (CHANNELS, HIDDEN), (HIDDEN, CHANNELS))
    ]
    assert experts == expected
    assert "assumed of experts: 8 tokens x 2 to 4 experts" in notes(network)


def test_uneven_shares_add_up_to_all_tokens() -> None:
    network = read(mixture(7, 4, 2), "even")
    rows = [kernel.H for kernel in network.instance.kernels.values() if isinstance(kernel, Conv)]
    assert rows[1::3] == [4, 4, 3, 3]
    assert "4 experts, 3 or 4 each (even shares)" in notes(network)


def test_an_expert_gets_one_token_at_least() -> None:
    assert shares(2, 8) == [1] * 8
    assert shares(15, 4) == [4, 4, 4, 3]
    network = read(mixture(1, 4, 2), "even")
    assert {kernel.H for kernel in network.instance.kernels.values() if isinstance(kernel, Conv)} == {1}


def test_a_run_that_routes_evenly_multiplies_as_often() -> None:
    # Where every expert is chosen by all (k = experts), the run has no choice: each expert gets all tokens.
    model = mixture(6, 3, 3)
    assert multiplied(read(model, "even").instance.kernels.values()) == products(
        model, {"x": (1, 6, CHANNELS)}
    )


def test_the_router_feeds_experts_and_their_sum_goes_on() -> None:
    network = read(mixture(8, 2, 1), "even")
    pairs = {(u, v) for u, v, _ in network.instance.kernel_edges}
    router, up, gate, down = "k1", "k2", "k3", "k4"
    assert {(router, up), (router, gate), (router, down), (gate, down)} <= pairs


@pytest.mark.parametrize(("text", "value"), [(None, None), ("even", "even"), ("all", "all"), ("12", 12)])
def test_the_option_is_a_word_or_a_number(text: str | None, value: ExpertTokens) -> None:
    assert parse_expert_tokens(text) == value


@pytest.mark.parametrize("text", ["0", "-1", "half", "", "1.5"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="even, all or a number of tokens"):
        parse_expert_tokens(text)


def test_other_nonzeros_are_refused_as_before() -> None:
    w = Builder()
    rows = w.add("Transpose", w.add("NonZero", "x"), perm=[1, 0])
    model = w.model({"x": (4, 4)}, w.linear(w.add("Cast", rows, to=1), "a", 2, 3))
    for tokens in (None, "even"):
        with pytest.raises(InputError, match="--input-shape"):
            read(model, tokens)


def test_what_a_detector_keeps_of_its_best_boxes_is_no_expert() -> None:
    w = Builder()
    scores = w.add("Squeeze", w.linear("x", "head", 4, 1), w.integers(0, 2))
    w.add("TopK", scores, w.integers(5), outputs=2)
    values, numbers = w.nodes[-1].output
    boxes = w.add("Gather", w.add("Squeeze", "x", w.integers(0)), numbers, axis=0)
    kept = w.add("Squeeze", w.add("NonZero", w.add("Greater", values, w.weight(()))), w.integers(0))
    model = w.model({"x": (1, 9, 4)}, w.linear(w.add("Gather", boxes, kept, axis=0), "second", 4, 4))
    for tokens in (None, "even"):
        with pytest.raises(InputError, match="--input-shape") as caught:
            read(model, tokens)
        assert "expert" not in str(caught.value)


def test_an_argmax_chooses_one_expert() -> None:
    w = Builder()
    data = w.add("Squeeze", "x", w.integers(0))
    best = w.add("ArgMax", w.linear(data, "gate", CHANNELS, 2, bias=False), axis=-1, keepdims=0)
    total = w.weight((6, CHANNELS))
    for number in range(2):
        where = w.add("Transpose", w.add("NonZero", w.add("Equal", best, w.integers(number))), perm=[1, 0])
        rows = w.add("GatherND", data, where)
        total = w.add("ScatterND", total, where, w.linear(rows, f"experts.{number}", CHANNELS, CHANNELS))
    model = w.model({"x": (1, 6, CHANNELS)}, total)
    kernels = read(model, "even").instance.kernels.values()
    assert [kernel.H for kernel in kernels if isinstance(kernel, Conv)] == [6, 3, 3]


# Shapes that are static: against a run.


def test_every_expert_on_every_token_under_a_mask() -> None:
    w = Builder()
    gate = w.add("Softmax", w.linear("x", "gate", CHANNELS, 3, bias=False), axis=-1)
    outs = []
    for number in range(3):
        hidden = w.add("Relu", w.linear("x", f"experts.{number}.up", CHANNELS, HIDDEN))
        out = w.linear(hidden, f"experts.{number}.down", HIDDEN, CHANNELS)
        chance = w.add("Slice", gate, *(w.integers(v) for v in (number, number + 1, 2)))
        zero = w.add("Mul", out, w.integers(0) and w.add("Sub", chance, chance))
        outs.append(w.add("Where", w.add("Greater", chance, w.add("Sub", chance, chance)), out, zero))
    model = w.model({"x": (1, 6, CHANNELS)}, w.add("Sum", *outs))
    assert multiplied(read(model).instance.kernels.values()) == products(model, {"x": (1, 6, CHANNELS)})


def _chosen(w: Builder, data: str, k: int, experts: int) -> str:
    w.add("TopK", w.linear(data, "gate", CHANNELS, experts, bias=False), w.integers(k), outputs=2)
    return str(w.nodes[-1].output[1])


@pytest.mark.parametrize("on_the_left", [False, True])
def test_weights_gathered_for_each_token_are_a_kernel_of_all_experts(on_the_left: bool) -> None:
    w = Builder()
    data = w.add("Squeeze", "x", w.integers(0))
    index = _chosen(w, data, 2, 4)
    shape = (4, HIDDEN, CHANNELS) if on_the_left else (4, CHANNELS, HIDDEN)
    picked = w.add("Gather", w.weight(shape, "experts.up"), index, axis=0)  # tokens x k x matrix
    if on_the_left:
        column = w.add("Unsqueeze", data, w.integers(1, 3))
        model = w.model({"x": (1, 6, CHANNELS)}, w.add("MatMul", picked, column))
    else:
        row = w.add("Unsqueeze", data, w.integers(1, 2))
        model = w.model({"x": (1, 6, CHANNELS)}, w.add("MatMul", row, picked))
    network = read(model)
    assert list(network.instance.kernels.values())[1] == Conv(3, 1, 1, 1, CHANNELS, 4 * HIDDEN, 1)
    assert multiplied(network.instance.kernels.values()) == products(model, {"x": (1, 6, CHANNELS)})
    assert network.report.totals.weights == CHANNELS * 4 + 4 * CHANNELS * HIDDEN
    assert "the rows shared out evenly" in notes(network)


def test_weights_are_gathered_by_a_gather_nd_too() -> None:
    w = Builder("scopes")
    data = w.add("Squeeze", "x", w.integers(0))
    rows = w.add(
        "Reshape",
        w.add("Expand", w.add("Unsqueeze", data, w.integers(1)), w.integers(6, 2, CHANNELS)),
        w.integers(12, CHANNELS, 1),
    )
    index = w.add("Reshape", _chosen(w, data, 2, 4), w.integers(12, 1))
    weights = w.weight((4, HIDDEN, CHANNELS), "mlp.experts.up_proj")
    product = w.add("MatMul", w.add("GatherND", weights, index), rows, module="mlp.experts")
    model = w.model({"x": (1, 6, CHANNELS)}, product)
    network = read_model(model, options=ImportOptions(names="modules"))
    assert network.instance.kernels["mlp.experts.up_proj"] == Conv(3, 1, 1, 1, CHANNELS, 4 * HIDDEN, 1)
    assert multiplied(network.instance.kernels.values()) == products(model, {"x": (1, 6, CHANNELS)})


def test_gathered_weights_that_cannot_be_shared_out_stay_a_product_of_activations() -> None:
    w = Builder()
    data = w.add("Squeeze", "x", w.integers(0))
    picked = w.add("Gather", w.weight((4, CHANNELS, HIDDEN)), _chosen(w, data, 1, 4), axis=0)
    row = w.add("Unsqueeze", data, w.integers(1, 2))
    model = w.model({"x": (1, 5, CHANNELS)}, w.add("MatMul", row, picked))
    network = read(model)
    assert multiplied(network.instance.kernels.values()) == products(model, {"x": (1, 5, CHANNELS)})


def test_experts_that_choose_their_tokens_are_a_product_of_stacks() -> None:
    w = Builder()
    data = w.add("Squeeze", "x", w.integers(0))
    scores = w.add("Transpose", w.linear(data, "gate", CHANNELS, 4, bias=False), perm=[1, 0])
    w.add("TopK", scores, w.integers(3), outputs=2)
    picked = w.add("Gather", data, w.nodes[-1].output[1], axis=0)  # experts x 3 x channels
    model = w.model({"x": (1, 6, CHANNELS)}, w.add("MatMul", picked, w.weight((4, CHANNELS, HIDDEN))))
    network = read(model)
    assert list(network.instance.kernels.values())[1] == Conv(3, 1, 1, 1, CHANNELS, 4 * HIDDEN, 1)
    assert multiplied(network.instance.kernels.values()) == products(model, {"x": (1, 6, CHANNELS)})
