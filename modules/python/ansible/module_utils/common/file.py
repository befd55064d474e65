"""Questions about files."""

import os
import stat


class LockTimeout(Exception):
    pass


def is_executable(path):
    """Whether anybody may run it."""
    return (os.stat(path)[stat.ST_MODE] & 0o111) != 0


def format_attributes(attributes):
    names = {"A": "noatime", "a": "append", "c": "compressed", "C": "nocow",
             "d": "nodump", "D": "dirsync", "e": "extents", "E": "encrypted",
             "i": "immutable", "j": "journalled", "S": "synchronous",
             "s": "secdel", "t": "notail", "T": "topdir", "u": "undelete"}
    return [names[x] for x in attributes if x in names]


def get_flags_from_attributes(attributes):
    return "".join(attributes)
