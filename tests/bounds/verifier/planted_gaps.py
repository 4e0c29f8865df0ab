"""More errors in the rules of docs/bounds.md: what is accepted, proof trees, covers beside multipliers."""

from __future__ import annotations

from tests.bounds.verifier.planted import Edit

#: Certificates that only the verifier with such an edit accepts (see `wrong_certificates` in the test).
LET_IN: dict[str, Edit] = {
    "8: any contents": Edit(
        "certificate", 'string(found["sha256"], "sha256") != content_digest(found)', "False"
    ),
    "8: any instance": Edit("value", "certificate.instance != instance_digest(instance)", "False"),
    "8: any claim": Edit("__init__", "proven < certificate.bound", "False"),
    "1: a late start": Edit("certificate", "before < 0 and start != 0", "False"),
    "1: starts that do not increase": Edit("certificate", "if start <= before:", "if False:"),
    "2: a negative multiplier": Edit("certificate", '"a multiplier", 0)', '"a multiplier")'),
    "5: a spine that turns back": Edit("network", "len(set(spine)) < len(spine)", "False"),
    "5: a spine outside the tree": Edit("network", "if (min(u, v), max(u, v)) not in tree:", "if False:"),
    "5: a part of one kernel": Edit("certificate", "or end - first < min(length, 2)", ""),
    "5: a part beyond the spine": Edit("certificate", "if end > length or", "if"),
    "5: cases without a spine": Edit("certificate", "if cases > 1 and not spine:", "if False:"),
    "4: a tree with a cycle": Edit("network", "if joined < len(tree):", "if False:"),
    "4: a tree that does not span": Edit("network", "if root[u] != root[v]:", "if False:"),
    "4: cycles with a common edge": Edit("network", "if not used.isdisjoint(edges):", "if False:"),
    "4: a cycle of two": Edit("network", "range(3, 9)", "range(2, 9)"),
    "6: adapters in an old version": Edit("certificate", '"adapters": 5,', '"adapters": 4,'),
    "10: more than a wire": Edit(
        "certificate", '"the wire of an interval", 0, unit)', '"the wire of an interval", 0)'
    ),
    "10: wires of both shares": Edit("value", "certificate.unit - max(wires, default=0)", "certificate.unit"),
    "10: the least share counts": Edit(
        "value", "certificate.unit - max(wires, default=0)", "certificate.unit - min(wires, default=0)"
    ),
    "11: any instance": Edit("proof_tree", "proof.instance != instance_digest(instance)", "False"),
    "11, decisions: an axis twice": Edit("proof_tree", "if node.pair in place.axes:", "if False:"),
    "11, decisions: any swap": Edit("proof_tree", "node.swapped and (", "False and ("),
    "11, decisions: a swap whatever was decided": Edit(
        "proof_tree", "(place.directed or instance", "(instance"
    ),
    "11, decisions: a swap after axes": Edit(
        "proof_tree",
        "axes={**place.axes, node.pair: axis}, directed=True",
        "axes={**place.axes, node.pair: axis}",
    ),
    "11, decisions: a swap after a shape": Edit(
        "proof_tree", "place.directed or column in DIRECTED", "place.directed"
    ),
    "11, decisions: a swap after a parity": Edit(
        "proof_shapes", "DIRECTED = (0, 1, 7, 8)", "DIRECTED = (0, 1)"
    ),
    "11, decisions: any mirror": Edit("proof_tree", "if node.mirrored and any(", "if False and any("),
    "11, decisions: any order": Edit(
        "proof_tree", "place.axes.get(node.pair) != node.axis or node.pair", "node.pair"
    ),
    "11, decisions: an order twice": Edit(
        "proof_tree", "!= node.axis or node.pair in place.orders", "!= node.axis"
    ),
    "11, decisions: any pair": Edit(
        "proof_tree", "if not 0 <= pair[0] < pair[1] <", "if not 0 <= pair[0] <= pair[1] <"
    ),
    "11, decisions: x twice": Edit(
        "proof_tree", "if node.swapped else (0, 1)", "if node.swapped else (0, 0)"
    ),
    "11, decisions: the first one twice": Edit(
        "proof_tree", "if node.mirrored else node.pair", "if node.mirrored else node.pair[:1] * 2"
    ),
    "11, tree: nodes left over": Edit("proof_tree", "if next(nodes, None) is not None:", "if False:"),
    "11, leaf: more than the time": Edit("proof_leaf", "sum(leaf.times) <= weights.time", "True"),
    "11, leaf: a negative time": Edit("proof_leaf", "and min(leaf.times) >= 0", ""),
    "11, leaf: a negative area": Edit("proof_leaf", "leaf.area >= 0", "True"),
    "11, leaf: shorter sides besides": Edit(
        "proof_leaf", "abs(y) + height) + short <=", "abs(y) + height) <="
    ),
    "11, leaf: extents besides": Edit(
        "proof_leaf", "max(abs(x) + width, abs(y) + height)", "max(abs(x), abs(y))"
    ),
    "11, leaf: along y any flow": Edit(
        "proof_leaf", "max(abs(x) + width, abs(y) + height)", "max(abs(x) + width, 0)"
    ),
    "11, leaf: negative shorter sides": Edit("proof_leaf", "min(short, width, height) >= 0", "True"),
    "11, leaf: extents that are not apart": Edit(
        "proof_leaf", "(width == 0 or axis == 0) and (height == 0 or axis == 1)", "True"
    ),
    "11, leaf: extents along the other axis": Edit("proof_leaf", "(height == 0 or axis == 1)", "True"),
    "11, leaf: orders that are not known": Edit("proof_leaf", " and place.orders.get(pair) == first", ""),
    "11, leaf: negative orders": Edit("proof_leaf", "known and price >= 0", "known"),
    "11, leaf: sets that are not apart": Edit("proof_leaf", "apart = all(", "apart = any("),
    "11, leaf: sets along the other axis": Edit(
        "proof_leaf", "a < b and place.axes.get((a, b)) == axis", "a < b"
    ),
    "11, leaf: negative sets": Edit("proof_leaf", "apart and price >= 0", "apart"),
    "11, leaf: sets of one": Edit("proof_leaf", "len(members) > 1 and ", ""),
}
#: With such an edit a proof tree proves more than without it.
PROVES_MORE: dict[str, Edit] = {
    "11, shapes: parities do not matter": Edit("proof_shapes", "kept[x % 2, y % 2]", "kept[0, 0]"),
    "11, shapes: times do not matter": Edit(
        "proof_shapes", "key=lambda item: (item[1], item[0])", "key=lambda item: item[0]"
    ),
    "11, shapes: no rotation": Edit(
        "proof_shapes", "((width, height), (height, width))", "((width, height),)"
    ),
    "11, time: shapes on the limit are left out": Edit(
        "proof_tree", "rows[:, 2] < node.value", "rows[:, 2] < node.value - 1"
    ),
    "11, time: later than it is": Edit(
        "proof_tree", "max(place.start, node.value)", "max(place.start, node.value + 1)"
    ),
    "11, shape: one side twice": Edit("proof_tree", "(rows[low], rows[~low])", "(rows[low], rows[low])"),
    "11, leaf: the wafer is not given back": Edit(
        "proof_leaf",
        "weights.time * place.start - leaf.area * weights.sides[0] * weights.sides[1]",
        "weights.time * place.start",
    ),
    "11, leaf: area counts twice": Edit(
        "proof_leaf", "area * width * height + time", "2 * area * width * height + time"
    ),
    "11, leaf: times count twice": Edit("proof_leaf", "+ time * late", "+ 2 * time * late"),
    "11, leaf: times count whole": Edit(
        "proof_leaf", "late = (late - place.start) * (late > place.start)", "late = late + 0"
    ),
    "11, leaf: the start counts twice": Edit(
        "proof_leaf", "least = weights.time * place.start", "least = 2 * weights.time * place.start"
    ),
    "11, leaf: sets give nothing back": Edit(
        "proof_leaf", "least -= price * weights.sides[axis]", "least -= 0"
    ),
    "11, leaf: centres are free": Edit(
        "proof_leaf", "least -= 2 * weights.sides[axis] * max(-amount, 0)", "least -= 0"
    ),
    "11, leaf: centres at a whole extent": Edit(
        "proof_leaf", "extent[axis][i] += abs(amount)", "extent[axis][i] += 2 * abs(amount)"
    ),
    "11, leaf: shorter sides of whole extents": Edit(
        "proof_leaf", "short[end] += shorter", "short[end] += 2 * shorter"
    ),
    "11, leaf: longer sides": Edit("proof_leaf", "a * (a <= b) + b * (a > b)", "b * (a <= b) + a * (a > b)"),
    "11, leaf: extents apart twice": Edit(
        "proof_leaf", "extent[axis][end] += apart", "extent[axis][end] += 2 * apart"
    ),
    "11, leaf: orders give both directions": Edit(
        "proof_leaf", "net[axis][second] -= price", "net[axis][second] -= 0"
    ),
    "11, leaf: orders of whole extents": Edit(
        "proof_leaf", "extent[axis][first] += price", "extent[axis][first] += 2 * price"
    ),
    "11, leaf: parities cost whole wires": Edit("proof_leaf", "rest - abs(x) - width", "rest"),
    "11, leaf: adapters cost twice": Edit(
        "proof_leaf",
        "count * weights.wire - short, count * weights.adapter",
        "count * weights.wire - short, 2 * count * weights.adapter",
    ),
    "11, leaf: c is compared with c": Edit("proof_leaf", "(4, 4), (6, 5)", "(4, 4), (5, 5)"),
    "11, choices: all differ": Edit(
        "proof_choice", "[:, None] != far[:, there])", "[:, None] != far[:, there] - 99)"
    ),
    "11, choices: what is beyond counts twice": Edit(
        "proof_choice",
        "self._sums[near] + self._beyond[kernel]",
        "self._sums[near] + 2 * self._beyond[kernel]",
    ),
    "11, choices: potentials are not given back": Edit(
        "proof_choice", "paid if kernel == self.source else -paid", "paid"
    ),
    "11, choices: potentials where they are tried": Edit(
        "proof_choice", "sums = sums - wire.moved(near, row[None], sums.dtype)", "sums = sums + 0"
    ),
    "11, sieve: more than the target": Edit(
        "proof_leaf", "rows[sums < target - least]", "rows[sums < target - least - 99]"
    ),
    "11, sieve: others do not count": Edit(
        "proof_choice", "others = self.least - int(sums[kernel].min())", "others = self.least"
    ),
    "11, target: one step less": Edit(
        "proof_tree",
        "return (steps - 1) * step * proof.unit + 1",
        "return (steps - 2) * step * proof.unit + 1",
    ),
    "11, target: any step": Edit("proof_tree", "return (steps - 1) * step", "return (steps - 9) * step"),
}
#: With such an edit covers beside multipliers prove more than without it.
BOTH_SHARES: dict[str, Edit] = {
    "10: the cover counts twice": Edit("interval", "return least + more", "return least + 2 * more"),
    "10: all of a wire in the frame": Edit("interval", "multipliers, interval.wire)", "multipliers)"),
    "10: any cover": Edit("interval", "number = interval.cover", "number = min(interval.cover, 0)"),
    "10: the cover in whole units": Edit("interval", "Fraction(cost, SCALE * self", "Fraction(cost, self"),
}
