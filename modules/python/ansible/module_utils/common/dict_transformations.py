"""Names of entries in camelCase and snake_case; dicts that become one."""

import re
from copy import deepcopy

from ansible.module_utils.common._collections_compat import MutableMapping


def _snake(name, reversible=False):
    if reversible:
        # Each capital is a word of its own, so that the way back is known.
        return re.sub(r"[A-Z]", lambda m: "_" + m.group(0).lower(),
                      name).lstrip("_")
    # Capitals that end in one small s are a word in the plural: ARNs.
    name = re.sub(r"[A-Z]{3,}s$",
                  lambda m: "_" + m.group(0).lower(), name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().lstrip("_")


def _camel(name, capitalize_first=False):
    words = name.split("_")
    first = words[0].capitalize() if capitalize_first else words[0]
    return first + "".join(x.capitalize() or "_" for x in words[1:])


def _renamed(data, rename, kept=()):
    if isinstance(data, list):
        return [_renamed(x, rename) for x in data]
    if not isinstance(data, dict):
        return data
    return {rename(k) if isinstance(k, str) else k:
            v if k in kept else _renamed(v, rename)
            for k, v in data.items()}


def camel_dict_to_snake_dict(camel_dict, reversible=False, ignore_list=()):
    return _renamed(camel_dict, lambda name: _snake(name, reversible),
                    ignore_list)


def snake_dict_to_camel_dict(snake_dict, capitalize_first=False):
    return _renamed(snake_dict, lambda name: _camel(name, capitalize_first))


def dict_merge(a, b):
    """A copy of `a` with `b` over it, dicts in them too."""
    if not isinstance(b, dict):
        return b
    out = deepcopy(a)
    for key, x in b.items():
        if isinstance(out.get(key), dict):
            out[key] = dict_merge(out[key], x)
        else:
            out[key] = deepcopy(x)
    return out


def recursive_diff(dict1, dict2):
    """What each of two dicts has that the other has not; None when the same."""
    if not all(isinstance(x, MutableMapping) for x in (dict1, dict2)):
        raise TypeError("Unable to diff 'dict1' %s and 'dict2' %s. Both must "
                        "be a dictionary." % (type(dict1), type(dict2)))
    left = {k: dict1[k] for k in dict1 if k not in dict2}
    right = {k: dict2[k] for k in dict2 if k not in dict1}
    for key in (k for k in dict1 if k in dict2):
        one, other = dict1[key], dict2[key]
        if isinstance(one, dict) and isinstance(other, dict):
            inner = recursive_diff(one, other)
            if inner:
                left[key], right[key] = inner
        elif one != other:
            left[key], right[key] = one, other
    return (left, right) if left or right else None
