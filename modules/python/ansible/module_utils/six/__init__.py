"""What modules for Python 2 and 3 import, as Python 3 has it."""

import builtins
import configparser
import functools
import importlib
import io
import operator
import sys
import types

PY2 = False
PY3 = True
PY34 = True

string_types = (str,)
integer_types = (int,)
class_types = (type,)
text_type = str
binary_type = bytes
MAXSIZE = sys.maxsize
StringIO = io.StringIO
BytesIO = io.BytesIO
get_function_code = operator.attrgetter("__code__")
next = advance_iterator = builtins.next
callable = builtins.callable
unichr = chr
int2byte = operator.methodcaller("to_bytes", 1, "big")
byte2int = operator.itemgetter(0)
indexbytes = operator.getitem
wraps = functools.wraps


def b(s):
    return s.encode("latin-1")


def u(s):
    return s


def iterkeys(d, **kw):
    return iter(d.keys(**kw))


def itervalues(d, **kw):
    return iter(d.values(**kw))


def iteritems(d, **kw):
    return iter(d.items(**kw))


def iterlists(d, **kw):
    return iter(d.lists(**kw))


def viewkeys(d):
    return d.keys()


def viewvalues(d):
    return d.values()


def viewitems(d):
    return d.items()


def reraise(tp, value, tb=None):
    raise (tp() if value is None else value).with_traceback(tb)


def raise_from(value, from_value):
    raise value from from_value


def ensure_str(s, encoding="utf-8", errors="strict"):
    return s.decode(encoding, errors) if isinstance(s, bytes) else s


ensure_text = ensure_str


def ensure_binary(s, encoding="utf-8", errors="strict"):
    return s.encode(encoding, errors) if isinstance(s, str) else s


def python_2_unicode_compatible(klass):
    return klass


def with_metaclass(meta, *bases):
    return meta("temporary_class", bases, {})


def add_metaclass(metaclass):
    def made_again(cls):
        own = {k: v for k, v in cls.__dict__.items()
               if k not in ("__dict__", "__weakref__")}
        return metaclass(cls.__name__, cls.__bases__, own)
    return made_again


def _moved():
    moves = types.ModuleType(__name__ + ".moves")
    moves.__path__ = []
    moves.configparser = configparser
    moves.input = input
    moves.map, moves.filter, moves.zip = map, filter, zip
    moves.range = moves.xrange = range
    moves.reduce = functools.reduce
    moves.StringIO = moves.cStringIO = io.StringIO
    moves.builtins = builtins
    moves.shlex_quote = importlib.import_module("shlex").quote
    moves.zip_longest = importlib.import_module("itertools").zip_longest
    known = {"cPickle": "pickle", "queue": "queue", "http_client":
             "http.client", "http_cookiejar": "http.cookiejar", "urllib":
             "urllib", "urllib.error": "urllib.error", "urllib.parse":
             "urllib.parse", "urllib.request": "urllib.request"}
    for name, real in known.items():
        found = importlib.import_module(real)
        sys.modules[moves.__name__ + "." + name] = found
        if "." not in name:
            setattr(moves, name, found)
    sys.modules[moves.__name__] = moves
    return moves


moves = _moved()
