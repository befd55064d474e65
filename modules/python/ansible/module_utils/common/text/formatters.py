"""Sizes for people."""

import re

SIZE_RANGES = {"Y": 1 << 80, "Z": 1 << 70, "E": 1 << 60, "P": 1 << 50,
               "T": 1 << 40, "G": 1 << 30, "M": 1 << 20, "K": 1 << 10, "B": 1}


def lenient_lowercase(lst):
    return [x.lower() if isinstance(x, str) else x for x in lst]


def human_to_bytes(number, default_unit=None, isbits=False):
    """The bytes, or bits, that a text such as "1.5 KB" means."""
    wrong = ValueError(
        "human_to_bytes() can't interpret following string: %s" % number)
    found = re.match(r"\s*([0-9]*\.?[0-9]+)\s*([A-Za-z]*)", str(number))
    if not found:
        raise wrong
    amount = float(found.group(1))
    unit = found.group(2) or default_unit or ""
    if not unit:
        return int(round(amount))
    factor = SIZE_RANGES.get(unit[0].upper())
    if factor is None:
        raise wrong
    word, letter = ("bit", "b") if isbits else ("byte", "B")
    if len(unit) > 1 and word not in unit.lower() and unit[1] != letter:
        raise wrong
    return int(round(amount * factor))


def bytes_to_human(size, isbits=False, unit=None):
    base = "bits" if isbits else "Bytes"
    for letter, factor in SIZE_RANGES.items():
        if (unit is None and size >= factor) or (
                unit is not None and unit.upper() == letter[0]):
            break
    suffix = letter + base[0] if factor != 1 else base
    return "%.2f %s" % (size / factor, suffix)
