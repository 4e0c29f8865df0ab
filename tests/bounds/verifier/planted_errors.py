"""Errors in the rules of docs/bounds.md, section by section: what is edited in the verifier's text."""

from __future__ import annotations

from tests.bounds.verifier.planted import Edit

#: The verifier with such an edit proves more than the text allows. By section, rule and error.
TOO_MUCH: dict[str, Edit] = {
    "1: times of an interval end too early": Edit(
        "interval", ".start - 1 if", ".start - 1 - 9 * self._instance.time_scale if"
    ),
    "1: the last interval ends": Edit("interval", "(intervals) else None", "(intervals) else interval.start"),
    "1: the dearest interval counts": Edit("value", "return min((value for", "return max((value for"),
    "1: the time costs as at the interval's end": Edit(
        "interval", "wdeltat * interval.start", "wdeltat * (interval.start + 9)"
    ),
    "2: the wafer is not given back": Edit("elimination", "total = -case.money.area *", "total = -0 *"),
    "2: without a spine the wafer is not given back": Edit("plain", "total = -money.area *", "total = -0 *"),
    "2: area counts twice": Edit("pricing", "sieve.area * shapes.areas", "2 * sieve.area * shapes.areas"),
    "2: without a spine area counts twice": Edit(
        "plain", "self._money.area * extents[0]", "2 * self._money.area * extents[0]"
    ),
    "3: both axes pay": Edit(
        "patterns", "plus(pays[v], amount(labels[pair], count))", "plus(pays[v], (count, count))"
    ),
    "3: ends pay whole extents": Edit(
        "patterns", "amount(labels[pair], count)", "amount(labels[pair], 2 * count)"
    ),
    "4: bridges have one label": Edit(
        "patterns",
        "for axis in AXES:\n        yield _pattern(wires, dict.fromkeys(wires, axis))\n\n\ndef cycle",
        "for axis in AXES[1:]:\n        yield _pattern(wires, dict.fromkeys(wires, axis))\n\n\ndef cycle",
    ),
    "4: split ends have one label": Edit(
        "patterns",
        "for axis in AXES:\n        yield Pattern({}",
        "for axis in AXES[1:]:\n        yield Pattern({}",
    ),
    "4: split ends pay whole extents": Edit(
        "patterns", "amount(axis, count)}, {})", "amount(axis, 2 * count)}, {})"
    ),
    "4, row: kernels between pay twice": Edit(
        "patterns", "(axis, 2 * count) for q", "(axis, 4 * count) for q"
    ),
    "4, row: the most of the edges": Edit("patterns", "passing = {q: min(", "passing = {q: max("),
    "4, row: the edges at q count": Edit(
        "patterns",
        "count for pair, count in wires.items() if q not in pair",
        "count for pair, count in wires.items() if q in pair",
    ),
    "4, row: the outer kernels are neighbours": Edit(
        "patterns", "for first, last in combinations(kernels, 2):", "for first, last in wires:"
    ),
    "4, fold: twice the surcharge": Edit("patterns", "(other(axis), total)", "(other(axis), 2 * total)"),
    "4, fold: the most on either way": Edit(
        "patterns", "least = min(least, wires", "least = max(least, wires"
    ),
    "4, fold: none": Edit("patterns", "yield from _folds", "()  # _folds"),
    "4, odd edge: twice the surcharge": Edit("patterns", "(other(axis), rest)", "(other(axis), 2 * rest)"),
    "4, odd edge: the most of the others": Edit("patterns", "rest = min(", "rest = max("),
    "4, odd edge: none": Edit("patterns", "elif len(across) == 1:", "elif not across:"),
    "4, mixed: none": Edit("patterns", "if len(set(axes)) > 1 and", "if len(set(axes)) > 2 and"),
    "4, mixed: three of each axis": Edit(
        "patterns", "min(map(axes.count, AXES)) > 1", "min(map(axes.count, AXES)) > 2"
    ),
    "5, runs: the wafer is not given back at a turn": Edit(
        "spine",
        "return (*broken, after.axis) if after is not None and turned else broken",
        "return (*broken, after.axis) if after is not None and before is None else broken",
    ),
    "5, runs: the wafer is not given back after a break": Edit(
        "spine", "if before is not None and closes else ()", "if False else ()"
    ),
    "5, runs: the first run gives nothing back": Edit(
        "spine",
        "turned = after is not None and (before is None or",
        "turned = after is not None and before is not None and (",
    ),
    "5, runs: the straight one gives nothing back": Edit("spine", "() if before else (axis,)))", "()))"),
    "5, runs: members pay twice": Edit("spine", "runs.append(before.axis)", "runs.extend([before.axis] * 2)"),
    "5, runs: along the other axis": Edit(
        "patterns", "return self.run_x * self.width if", "return self.run_x * self.height if"
    ),
    "5, turns: a turn is in two runs twice": Edit(
        "spine",
        "if before is None or after.axis != before.axis:\n            runs",
        "if before is None or after is not None:\n            runs",
    ),
    "5, breaks: the closer pays whole extents": Edit("spine", "{CLOSING: 2, ", "{CLOSING: 4, "),
    "5, breaks: the opener pays whole extents": Edit("spine", "2 * (opens == FRESH)", "4 * (opens == FRESH)"),
    "5, breaks: none": Edit(
        "spine", "product((NO_OPENER, FRESH, FRESH_FREE), _AHEAD)", "product((NO_OPENER,), _AHEAD)"
    ),
    "5, breaks: along the run": Edit(
        "spine",
        "amount(before.axis, along), amount(other(before.axis), across)",
        "amount(before.axis, along + across), (0, 0)",
    ),
    "5, cases: turns and breaks are not counted": Edit(
        "spine", "n += closes + _is_turn(before, after)", "n += closes"
    ),
    "5, cases: a break counts twice": Edit("spine", "n += closes + _is_turn", "n += 2 * closes + _is_turn"),
    "5, cases: the last one ends": Edit("interval", "last = n == len(interval.cases) - 1", "last = False"),
    "5, breaks and surcharges: none is free": Edit(
        "spine", "product((NO_OPENER, FRESH, FRESH_FREE), _AHEAD)", "product((NO_OPENER, FRESH), _AHEAD)"
    ),
    "5, breaks and surcharges: three spine edges keep them": Edit(
        "cells", "bool(pattern.off_axis) and len(along) <= 2", "bool(pattern.off_axis)"
    ),
    "5, breaks and surcharges: those that are free pay": Edit(
        "spine", "2 * (opens == FRESH) +", "2 * (opens in (FRESH, FRESH_FREE)) +"
    ),
    "5, forms: the first one only": Edit(
        "cells",
        "        _Form(inside=q, beside=next(iter(pattern.between - inside), -1)),\n"
        "        _Form(closer=m),\n        _Form(closer=opposite),\n",
        "",
    ),
    "5, forms: no second one": Edit(
        "cells", "        _Form(inside=q, beside=next(iter(pattern.between - inside), -1)),\n", ""
    ),
    "5, forms: no third one": Edit("cells", "        _Form(closer=m),\n", ""),
    "5, forms: no fourth one": Edit("cells", "        _Form(closer=opposite),\n", ""),
    "5, forms: neither the third nor the fourth": Edit(
        "cells", "        _Form(closer=m),\n        _Form(closer=opposite),\n", ""
    ),
    "5, forms: the first pays twice": Edit(
        "cells", "more=(opposite, amount(axis, 2))", "more=(opposite, amount(axis, 4))"
    ),
    "5, forms: in thicker cells too": Edit(
        "cells", "simple = set(wires.values()) == {1} and len(wires) <= 4", "simple = len(wires) <= 4"
    ),
    "5, forms: three wires pass over u": Edit(
        "case", "halves = 4 * self.extents", "halves = 6 * self.extents"
    ),
    "5, forms: due though u is a closer": Edit(
        "spine", "openers[1] not in (*_CLOSING, BEFORE_OWED)", "openers[1] != BEFORE_OWED"
    ),
    "5, forms: due though q is a closer": Edit(
        "spine", "before.axis != after.axis or closes:", "before.axis != after.axis:"
    ),
    "5, forms: due where u is no bridge": Edit(
        "spine", "if after.inside and before.bridge and", "if after.inside and"
    ),
    "5, beside: counted always": Edit(
        "cells",
        '    yield _variant(pattern, along, more, False, form, True, "pays")\n'
        '    yield _variant(pattern, along, paid, False, form, True, "free")\n',
        "",
    ),
    "5, beside: none is free": Edit(
        "cells", '    yield _variant(pattern, along, paid, False, form, True, "free")\n', ""
    ),
    "5, beside: pays for all of its width": Edit(
        "cells", "amount(other(axis), 1))}", "amount(other(axis), 2))}"
    ),
    "5, beside: a surcharge settles no debt": Edit(
        "spine", "lane == PAID or edge.surcharged or edge", "lane == PAID or edge"
    ),
    "5, turns: paid before twice": Edit("spine", "+ (ahead == BEFORE_PAID)", "+ 2 * (ahead == BEFORE_PAID)"),
    "5, turns: paid after twice": Edit("spine", "AFTER_OWED: 1}", "AFTER_OWED: 2}"),
    "5, turns: paid before, nothing is given back": Edit("spine", "-(opener == BEFORE_PAID)", "0"),
    "5, turns: paid after, nothing is given back": Edit(
        "spine", "along -= opener == BEFORE_OWED", "along -= 0"
    ),
    "5, turns: paid within a cell": Edit("spine", " and not edge.middle for", " for"),
    "5, turns: paid beside surcharges": Edit(
        "spine", "edge.regular and not edge.surcharged and", "edge.regular and"
    ),
    "5, turns: paid in irregular cells": Edit(
        "spine", "edge.regular and not edge.surcharged", "not edge.surcharged"
    ),
    "5, turns: paid at openers": Edit("spine", "free = closes or opens or opener", "free = closes or opener"),
    "5, turns: paid at closers": Edit("spine", "free = closes or opens or opener", "free = opens or opener"),
    "5, turns: paid after one that is paid": Edit(
        "spine", "opens or opener in _TURNS.values() or not", "opens or not"
    ),
    "5, turns: no bare row": Edit("cells", "if pays_turns and len(along) == 2:", "if False:"),
    "5, parts: without the first kernel": Edit(
        "network", "[slice(*part)]", "[slice(part[0] + (part[1] - part[0] > 2), part[1])]"
    ),
    "6: adapters of two edges": Edit(
        "assembly", "price = edge.count * self._money.adapter", "price = 2 * edge.count * self._money.adapter"
    ),
    "6: three differ where two do": Edit(
        "adapters", "known, missing) + 2 * price)", "known, missing) + 3 * price)"
    ),
    "6: two differ where one does": Edit(
        "adapters",
        "known, missing) + price\n            np.minimum(pair",
        "known, missing) + 2 * price\n            np.minimum(pair",
    ),
    "6: classes by splits": Edit("splits", "np.cumsum(trips[1:] != trips[:-1])", "np.cumsum(trips[1:] > 0)"),
    "6: classes by the most that is written": Edit(
        "channels", "least = min((written", "least = max((written"
    ),
    "6, chords: of other channels": Edit("frame", "in counts and len(read) == 1", "in counts"),
    "6, chords: agreement is not looked for": Edit(
        "case", "if chord is not None and chord.size:", "if False:"
    ),
    "7: kernels do not rotate": Edit(
        "levels",
        "width: Integers = self.base + 3 * self.need",
        "width: Integers = self.base + 3 * self.need + 3",
    ),
    "7: k is one too large": Edit(
        "splits",
        "np.maximum(np.maximum(time, memory), 1), side",
        "np.maximum(np.maximum(time, memory), 2), side",
    ),
    "7: c is one too small": Edit(
        "splits",
        "height: Integers = self.h * self.w * (self.level + 1)",
        "height: Integers = self.h * self.w * (self.level + 2)",
    ),
    "7: other classes cost nothing": Edit("sieve", "+ max(more, 1)]", "+ 1]"),
    "7: other classes of h and w cost nothing": Edit(
        "sieve", "prices.min() + max(slack, 1))", "prices.min() + 1)"
    ),
    "7: other channels cost half": Edit(
        "sieve",
        "return self.inlet_slack + self.outlet_slack",
        "return (self.inlet_slack + self.outlet_slack) // 4",
    ),
    "7: what is rotated is left out": Edit("sieve", "kept |= kept[::-1]", "kept |= kept"),
    "7: axes are alike always": Edit(
        "case", "return money.width == money.height and money.run_x == money.run_y", "return True"
    ),
    "7: alike whatever the top": Edit(
        "plain", "id(cell.kind), self._likeness[cell.top], *", "id(cell.kind), *"
    ),
    "7: rounded up and one more": Edit(
        "value", "ceil(value / step) * step if", "(ceil(value / step) + 1) * step if"
    ),
    "7: the step is the sum": Edit(
        "value", "gcd(*(int(step * scale) for step in steps))", "sum(int(step * scale) for step in steps)"
    ),
}
#: The same, by the placements of `test_beside.py` whose straight spine a kernel stands beside.
BESIDE: dict[str, Edit] = {
    "5, beside: form 2 claims besides": Edit(
        "cells", "if form.beside >= 0:  # its claim is off-axis too", "if False:"
    ),
    "5, beside: pays for all of its width": TOO_MUCH["5, beside: pays for all of its width"],
}
