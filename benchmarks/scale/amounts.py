"""Numbers as readers take them in: of one unit, with two or three digits."""

import math

STEPS = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
NUMBERS = [(1e9, " B"), (1e6, " M"), (1e3, "k")]
TIMES = [(86400 * 3, 86400, "d"), (5400, 3600, "h"), (90, 60, "min"), (1, 1, "s")]


def size(n_bytes: float) -> str:
    """Returns bytes in the largest decimal unit that fits.

    Example:
        >>> size(999), size(3_722_915), size(2.5e13)
        ('999 B', '3.72 MB', '25.0 TB')
    """
    return _in_units(n_bytes, STEPS, " ", "B")


def number(value: float) -> str:
    """Returns a number of things: thousands, millions, billions.

    Example:
        >>> number(7214), number(125_000_000), number(12), number(float("inf"))
        ('7.21k', '125 M', '12', 'any')
    """
    return "any" if math.isinf(value) else _in_units(value, NUMBERS, "", "")


def duration(seconds: float) -> str:
    """Returns a time.

    Example:
        >>> duration(0.0083), duration(38.8), duration(4766), duration(86400 * 283)
        ('8.30 ms', '38.8 s', '79.4 min', '283 d')
        >>> duration(0), duration(7200)
        ('0 s', '2.00 h')
    """
    for least, unit, name in TIMES:
        if seconds >= least:
            return f"{digits(seconds / unit)} {name}"
    return f"{digits(1e3 * seconds)} ms" if seconds else "0 s"


def digits(value: float) -> str:
    """Returns three digits of a number, or all before the point.

    Example:
        >>> digits(1.234), digits(9.999), digits(123.4), digits(12345.6)
        ('1.23', '10.0', '123', '12,346')
    """
    if not value:
        return "0"
    # A number may have one place more once it is rounded.
    places = 2 - math.floor(math.log10(float(f"{value:.3g}")))
    return f"{value:,.{max(0, places)}f}"


def _in_units(
    value: float, units: list[tuple[float, str]], space: str, base: str
) -> str:
    for unit, name in units:
        if value >= unit:
            return f"{digits(value / unit)}{space}{name}{base}"
    return f"{value:.0f}{space}{base}".rstrip()
