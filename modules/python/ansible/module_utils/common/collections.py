"""Questions about collections."""

from ansible.module_utils.common._collections_compat import (  # noqa: F401
    Hashable, Iterable, Mapping, MutableMapping, Sequence)


class ImmutableDict(Hashable, Mapping):
    """A dict that cannot be changed."""

    def __init__(self, *args, **kwargs):
        self._store = dict(*args, **kwargs)

    def __getitem__(self, key):
        return self._store[key]

    def __iter__(self):
        return iter(self._store)

    def __len__(self):
        return len(self._store)

    def __hash__(self):
        return hash(frozenset(self.items()))

    def __eq__(self, other):
        return isinstance(other, Mapping) and dict(self) == dict(other)

    def __repr__(self):
        return "ImmutableDict(%r)" % self._store

    def union(self, overriding):
        return ImmutableDict(self._store, **dict(overriding))

    def difference(self, subtractive):
        gone = set(subtractive)
        return ImmutableDict({k: v for k, v in self.items() if k not in gone})


def is_string(seq):
    return isinstance(seq, (str, bytes))


def is_iterable(seq, include_strings=False):
    if not include_strings and is_string(seq):
        return False
    try:
        iter(seq)
        return True
    except TypeError:
        return False


def is_sequence(seq, include_strings=False):
    if not include_strings and is_string(seq):
        return False
    return isinstance(seq, Sequence)


def count(seq):
    if not is_iterable(seq):
        raise Exception("Argument provided  is not an iterable")
    out = {}
    for each in seq:
        out[each] = out.get(each, 0) + 1
    return out
