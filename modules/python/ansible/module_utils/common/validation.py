"""Values of arguments as their types want them."""

import ast
import json
import os
import re

from ansible.module_utils.common.text.converters import jsonify, to_native
from ansible.module_utils.common.text.formatters import human_to_bytes
from ansible.module_utils.parsing.convert_bool import boolean


def _cannot(value, what):
    return TypeError("%s cannot be converted to %s" % (type(value), what))


def check_type_str(value, allow_conversion=True, param=None, prefix=""):
    if isinstance(value, str):
        return value
    if allow_conversion:
        return to_native(value)
    raise TypeError("'%s' is not a string and conversion is not allowed"
                    % to_native(value))


def check_type_list(value):
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, (int, float)):
        return [str(value)]
    raise _cannot(value, "a list")


def _pairs(text):
    """`a=1, b="two words"` as a dict; None when it is none."""
    pair = re.compile(r"""\s*([^\s=,]+)=("[^"]*"|'[^']*'|[^,\s]*)\s*,?""")
    out, at = {}, 0
    while at < len(text):
        found = pair.match(text, at)
        if not found:
            return None
        name, x = found.groups()
        if len(x) > 1 and x[0] in "\"'" and x[-1] == x[0]:
            x = x[1:-1]
        out[name] = x
        at = found.end()
    return out


def check_type_dict(value):
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise _cannot(value, "a dict")
    text = value.strip()
    if text.startswith("{"):
        for read in (json.loads, ast.literal_eval):
            try:
                found = read(text)
            except Exception:
                continue
            if isinstance(found, dict):
                return found
        raise TypeError("unable to evaluate string as dictionary")
    found = _pairs(text) if "=" in text else None
    if found is None:
        raise TypeError(
            "dictionary requested, could not parse JSON or key=value")
    return found


def check_type_bool(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, (str, bytes, int, float)):
        return boolean(value)
    raise _cannot(value, "a bool")


def check_type_int(value):
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    raise _cannot(value, "an int")


def check_type_float(value):
    if isinstance(value, float):
        return value
    if isinstance(value, (str, bytes, int)):
        try:
            return float(value)
        except ValueError:
            pass
    raise _cannot(value, "a float")


def check_type_path(value):
    return os.path.expanduser(os.path.expandvars(check_type_str(value)))


def check_type_raw(value):
    return value


def check_type_bytes(value):
    try:
        return human_to_bytes(value)
    except ValueError:
        raise _cannot(value, "a Byte value")


def check_type_bits(value):
    try:
        return human_to_bytes(value, isbits=True)
    except ValueError:
        raise _cannot(value, "a Bit value")


def check_type_jsonarg(value):
    if isinstance(value, (str, bytes)):
        return value.strip()
    if isinstance(value, (list, tuple, dict)):
        return jsonify(value)
    raise _cannot(value, "a json string")


CHECKS = {
    "str": check_type_str, "list": check_type_list, "dict": check_type_dict,
    "bool": check_type_bool, "int": check_type_int, "float": check_type_float,
    "path": check_type_path, "raw": check_type_raw,
    "jsonarg": check_type_jsonarg, "json": check_type_jsonarg,
    "bytes": check_type_bytes, "bits": check_type_bits,
}


# What arguments have to do with each other. `parameters` are those that were
# given; each raises TypeError.

def _given(names, parameters):
    names = [names] if isinstance(names, str) else names
    return [x for x in names if parameters.get(x) is not None]


def _where(context):
    return " found in %s" % " -> ".join(context) if context else ""


def check_mutually_exclusive(terms, parameters, options_context=None):
    terms = terms or []
    if terms and all(isinstance(x, str) for x in terms):
        terms = [terms]
    wrong = ["|".join(x) for x in terms if len(_given(x, parameters)) > 1]
    if wrong:
        raise TypeError("parameters are mutually exclusive: %s%s"
                        % (", ".join(wrong), _where(options_context)))
    return []


def check_required_one_of(terms, parameters, options_context=None):
    for term in terms or []:
        if not _given(term, parameters):
            raise TypeError("one of the following is required: %s%s"
                            % (", ".join(term), _where(options_context)))
    return []


def check_required_together(terms, parameters, options_context=None):
    for term in terms or []:
        if 0 < len(_given(term, parameters)) < len(term):
            raise TypeError("parameters are required together: %s%s"
                            % (", ".join(term), _where(options_context)))
    return []


def check_required_by(requirements, parameters, options_context=None):
    out = {}
    for key, needed in (requirements or {}).items():
        if parameters.get(key) is None:
            continue
        needed = [needed] if isinstance(needed, str) else needed
        missing = [x for x in needed if parameters.get(x) is None]
        if missing:
            raise TypeError("missing parameter(s) required by '%s': %s%s"
                            % (key, ", ".join(missing),
                               _where(options_context)))
        out[key] = []
    return out


def check_required_if(requirements, parameters, options_context=None):
    for row in requirements or []:
        key, wanted, names = row[:3]
        any_will_do = len(row) > 3 and row[3]
        if key not in parameters or parameters[key] != wanted:
            continue
        missing = [x for x in names if parameters.get(x) is None]
        if len(missing) > (len(names) - 1 if any_will_do else 0):
            raise TypeError(
                "%s is %s but %s of the following are missing: %s%s"
                % (key, wanted, "any" if any_will_do else "all",
                   ", ".join(missing), _where(options_context)))
    return []


def check_required_arguments(argument_spec, parameters, options_context=None):
    missing = sorted(k for k, x in (argument_spec or {}).items()
                     if x.get("required") and k not in parameters)
    if missing:
        raise TypeError("missing required arguments: %s%s"
                        % (", ".join(missing), _where(options_context)))
    return []


def check_missing_parameters(parameters, required_parameters=None):
    missing = [x for x in required_parameters or [] if not parameters.get(x)]
    if missing:
        raise TypeError("missing required arguments: %s" % ", ".join(missing))
    return []
