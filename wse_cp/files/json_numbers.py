"""Numbers in JSON documents: exact ones, seconds, counts; as types of the models."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from wse_cp.files.json_text import MAX_NUMBER_DIGITS

_RATIO = rf"^-?[0-9]{{1,{MAX_NUMBER_DIGITS}}}/[1-9][0-9]{{0,{MAX_NUMBER_DIGITS - 1}}}$"


def _exact(value: Any) -> Any:
    """Return a JSON value as a fraction; any other value is returned unchanged, for pydantic to refuse."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Fraction(value)
    return _ratio(value) if isinstance(value, str) else value


def _ratio(text: str) -> Fraction | str:
    top, slash, bottom = text.partition("/")
    digits = top.removeprefix("-")
    plain = (digits + bottom).isascii() and digits.isdigit() and bottom.isdigit()
    if not (slash and plain and int(bottom[:MAX_NUMBER_DIGITS])) or len(digits) > MAX_NUMBER_DIGITS:
        return text
    return text if len(bottom) > MAX_NUMBER_DIGITS else Fraction(int(top), int(bottom))


def _seconds(value: Any) -> Any:
    return float(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else value


#: An exact number: a decimal, which is exact, or "p/q".
Exact = Annotated[
    Fraction,
    BeforeValidator(_exact),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _RATIO}]}),
]
Seconds = Annotated[float, BeforeValidator(_seconds), Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
