"""Versions that can be compared."""

import functools
import re


@functools.total_ordering
class LooseVersion:
    def __init__(self, vstring=None):
        if vstring:
            self.parse(vstring)

    def parse(self, vstring):
        self.vstring = vstring
        parts = [x for x in re.split(r"(\d+|[a-z]+|\.)", vstring)
                 if x and x != "."]
        self.version = [int(x) if x.isdigit() else x for x in parts]

    def __str__(self):
        return self.vstring

    def __repr__(self):
        return "LooseVersion ('%s')" % self.vstring

    def _other(self, other):
        return LooseVersion(other) if isinstance(other, str) else other

    def __eq__(self, other):
        return self.version == self._other(other).version

    def __lt__(self, other):
        return self.version < self._other(other).version


StrictVersion = LooseVersion
