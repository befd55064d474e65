"""What a module warns of, until it answers."""

_warnings = []
_deprecations = []


def warn(warning):
    if not isinstance(warning, str):
        raise TypeError("warn requires a string not a %s" % type(warning))
    if warning not in _warnings:
        _warnings.append(warning)


def deprecate(msg, version=None, date=None, collection_name=None):
    row = {"msg": msg, "collection_name": collection_name}
    if date:
        row["date"] = date
    else:
        row["version"] = version
    if row not in _deprecations:
        _deprecations.append(row)


def get_warning_messages():
    return tuple(_warnings)


def get_deprecation_messages():
    return tuple(_deprecations)
