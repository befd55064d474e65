"""Text and bytes."""

import datetime
import json

from ansible.module_utils.common._collections_compat import Mapping, Set


def _handler(errors):
    if errors in (None, "surrogate_or_strict", "surrogate_or_replace",
                  "surrogate_then_replace"):
        return "surrogateescape"
    return errors


def _other(obj, nonstring):
    if nonstring == "simplerepr":
        return str(obj)
    if nonstring == "passthru":
        return obj
    if nonstring == "empty":
        return ""
    raise TypeError("obj must be a string type")


def to_bytes(obj, encoding="utf-8", errors=None, nonstring="simplerepr"):
    if isinstance(obj, bytes):
        return obj
    if not isinstance(obj, str):
        obj = _other(obj, nonstring)
        if not isinstance(obj, str):
            return obj
    try:
        return obj.encode(encoding, _handler(errors))
    except UnicodeEncodeError:
        if errors == "surrogate_or_strict":
            raise
        return obj.encode(encoding, "replace")


def to_text(obj, encoding="utf-8", errors=None, nonstring="simplerepr"):
    if isinstance(obj, str):
        return obj
    if isinstance(obj, bytes):
        return obj.decode(encoding, _handler(errors))
    return _other(obj, nonstring)


to_native = to_text


def _plain(obj):
    """What JSON has no words for."""
    if isinstance(obj, Set):
        return list(obj)
    if isinstance(obj, (datetime.datetime, datetime.date)):
        return obj.isoformat()
    if isinstance(obj, bytes):
        return to_text(obj)
    if isinstance(obj, Mapping):
        return dict(obj)
    raise TypeError("Cannot json serialize %s" % to_native(obj))


def jsonify(data, **kwargs):
    return json.dumps(data, default=_plain, **kwargs)


def _mapped(d, convert):
    if isinstance(d, dict):
        return {_mapped(k, convert): _mapped(v, convert) for k, v in d.items()}
    if isinstance(d, (list, tuple)):
        return type(d)(_mapped(x, convert) for x in d)
    return convert(d) if isinstance(d, (str, bytes)) else d


def container_to_bytes(d, encoding="utf-8", errors="surrogate_or_strict"):
    return _mapped(d, lambda x: to_bytes(x, encoding, errors))


def container_to_text(d, encoding="utf-8", errors="surrogate_or_strict"):
    return _mapped(d, lambda x: to_text(x, encoding, errors))
