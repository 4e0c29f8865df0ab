"""The one kind of error the verifier raises."""

from __future__ import annotations

#: Longest piece of a certificate that is quoted in an error.
MAX_QUOTE = 60


class CertificateError(Exception):
    """A certificate does not prove its claim; ``str()`` is one line, the first thing that does not hold."""


def quote(value: object) -> str:
    """Return what stands in a certificate as one short printable line."""
    if isinstance(value, list | dict):
        return f"a {'list' if isinstance(value, list) else 'object'} of {len(value)}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 64:
        return f"a number of {value.bit_length()} bits"
    text = ascii(value[: MAX_QUOTE + 1] if isinstance(value, str) else value)
    return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 3] + "..."
