"""The exception that is being handled."""

import sys
from ast import literal_eval  # noqa: F401


def get_exception():
    return sys.exc_info()[1]
