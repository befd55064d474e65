"""Words for true and false."""

from ansible.module_utils.common.text.converters import to_text

BOOLEANS_TRUE = frozenset(("y", "yes", "on", "1", "true", "t", 1, 1.0, True))
BOOLEANS_FALSE = frozenset(
    ("n", "no", "off", "0", "false", "f", 0, 0.0, False))
BOOLEANS = BOOLEANS_TRUE | BOOLEANS_FALSE


def boolean(value, strict=True):
    if isinstance(value, bool):
        return value
    word = value
    if isinstance(value, (str, bytes)):
        word = to_text(value).lower().strip()
    try:
        if word in BOOLEANS_TRUE:
            return True
        if word in BOOLEANS_FALSE or not strict:
            return False
    except TypeError:
        if not strict:
            return False
    raise TypeError(
        "The value '%s' is not a valid boolean.  Valid booleans include: "
        "'yes', 'on', '1', 'true', 't', 'y', 1, 'no', 'off', '0', 'false', "
        "'f', 'n', 0" % to_text(value))
