"""The arguments of a module, checked against its specification."""

import os

from ansible.module_utils.common._collections_compat import Mapping, Sequence
from ansible.module_utils.common.text.converters import to_native
from ansible.module_utils.common.validation import (
    CHECKS, check_mutually_exclusive, check_required_arguments,
    check_required_by, check_required_if, check_required_one_of,
    check_required_together, check_type_dict)


class AnsibleFallbackNotFound(Exception):
    """There is nothing to fall back to."""


def env_fallback(*args, **kwargs):
    """The first of these variables of the environment that is set."""
    for name in args:
        if name in os.environ:
            return os.environ[name]
    raise AnsibleFallbackNotFound


def _texts_in(x):
    if isinstance(x, (str, bytes)):
        return {to_native(x)} if x else set()
    if isinstance(x, Mapping):
        return set().union(*map(_texts_in, x.values()))
    if isinstance(x, Sequence):
        return set().union(*map(_texts_in, x))
    if isinstance(x, bool) or x is None:
        return set()
    return {str(x)}


class Arguments:
    """Makes `parameters` what `spec` says, or says why it cannot."""

    def __init__(self):
        self.errors = []
        self.unknown = []
        self.supported = []
        self.secrets = set()
        self.warnings = []
        self.deprecations = []
        self.aliases = {}

    def check(self, spec, rules, parameters, context=()):
        self._fall_back(spec, parameters)
        names = self._take_aliases(spec, parameters, context)
        self._note_secrets(spec, parameters)
        self._note_deprecated(spec, parameters)
        self._find_unknown(spec, parameters, names, context)
        self._try(check_mutually_exclusive, rules.get("mutually_exclusive"),
                  parameters, context)
        self._set_defaults(spec, parameters, False)
        self._try(check_required_arguments, spec, parameters, context)
        for name, entry in spec.items():
            if parameters.get(name) is not None:
                self._convert(name, entry, parameters, context)
        for name, entry in spec.items():
            if parameters.get(name) is not None:
                self._check_choices(name, entry, parameters, context)
        for rule, ask in (("required_together", check_required_together),
                          ("required_one_of", check_required_one_of),
                          ("required_if", check_required_if),
                          ("required_by", check_required_by)):
            self._try(ask, rules.get(rule), parameters, context)
        self._set_defaults(spec, parameters, True)
        for name, entry in spec.items():
            self._enter(name, entry, parameters, context)

    def _try(self, ask, rule, parameters, context):
        try:
            ask(rule, parameters, list(context))
        except TypeError as problem:
            self.errors.append(to_native(problem))

    def _fall_back(self, spec, parameters):
        for name, entry in spec.items():
            way = entry.get("fallback") or (None,)
            if name in parameters or way[0] is None:
                continue
            words = [x for x in way[1:] if not isinstance(x, dict)]
            words = words[0] if len(words) == 1 and isinstance(
                words[0], (list, tuple)) else words
            named = [x for x in way[1:] if isinstance(x, dict)]
            try:
                parameters[name] = way[0](*words, **(named[0] if named else {}))
            except AnsibleFallbackNotFound:
                continue

    def _take_aliases(self, spec, parameters, context):
        names = set(spec)
        for name, entry in spec.items():
            old = {x["name"]: x for x in entry.get("deprecated_aliases") or []}
            for alias in entry.get("aliases") or []:
                names.add(alias)
                self.aliases[alias] = name
                if alias not in parameters:
                    continue
                if name in parameters:
                    self.warnings.append(
                        "Both option %s%s and its alias %s%s are set."
                        % (self._before(context), name, self._before(context),
                           alias))
                parameters[name] = parameters[alias]
                if alias in old:
                    self._deprecate("Alias '%s' is deprecated. See the module "
                                    "docs for more information" % alias,
                                    old[alias])
        return names

    @staticmethod
    def _before(context):
        return ".".join(context) + "." if context else ""

    def _deprecate(self, words, row):
        out = {"msg": words, "collection_name": row.get("collection_name")}
        for key in ("date", "version"):
            if row.get(key) is not None:
                out[key] = row[key]
        self.deprecations.append(out)

    def _note_secrets(self, spec, parameters):
        for name, entry in spec.items():
            x = parameters.get(name)
            if x is not None and entry.get("no_log"):
                self.secrets |= _texts_in(x)

    def _note_deprecated(self, spec, parameters):
        for name, entry in spec.items():
            if name not in parameters:
                continue
            if entry.get("removed_in_version") is not None or entry.get(
                    "removed_at_date") is not None:
                self._deprecate(
                    "Param '%s' is deprecated. See the module docs for more "
                    "information" % name,
                    {"version": entry.get("removed_in_version"),
                     "date": entry.get("removed_at_date"),
                     "collection_name": entry.get("removed_from_collection")})

    def _find_unknown(self, spec, parameters, names, context):
        unknown = sorted(self._before(context) + str(x)
                         for x in parameters if x not in names)
        if unknown:
            self.unknown += unknown
            self.supported = sorted(
                "%s (%s)" % (x, ", ".join(sorted(entry["aliases"])))
                if entry.get("aliases") else x for x, entry in spec.items())

    @staticmethod
    def _set_defaults(spec, parameters, last):
        for name, entry in spec.items():
            if entry.get("default") is not None:
                parameters.setdefault(name, entry["default"])
            elif last:
                parameters.setdefault(name, None)

    def _wrong(self, words, why):
        self.errors.append("%s and we were unable to convert to %s"
                           % (words, why))

    def _convert(self, name, entry, parameters, context):
        x = parameters[name]
        wanted = entry.get("type") or "str"
        check = wanted if callable(wanted) else CHECKS.get(wanted)
        label = getattr(wanted, "__name__", wanted)
        if check is None:
            self.errors.append("implementation error: unknown type %s "
                               "requested for %s" % (wanted, name))
            return
        inside = " found in '%s'." % " -> ".join(context) if context else ""
        try:
            parameters[name] = check(x)
        except (TypeError, ValueError) as problem:
            self._wrong("argument '%s' is of type %s%s" % (name, type(x),
                                                           inside),
                        "%s: %s" % (label, to_native(problem)))
            return
        each_is = entry.get("elements")
        if wanted != "list" or not each_is:
            return
        check = each_is if callable(each_is) else CHECKS[each_is]
        out = []
        for each in parameters[name]:
            try:
                out.append(check(each))
            except (TypeError, ValueError) as problem:
                where = " found in '%s'" % " -> ".join(
                    context) if context else ""
                self._wrong("Elements value for option '%s'%s is of type %s"
                            % (name, where, type(each)),
                            "%s: %s" % (each_is, to_native(problem)))
        parameters[name] = out

    def _check_choices(self, name, entry, parameters, context):
        choices = entry.get("choices")
        x = parameters[name]
        if choices is None:
            return
        where = " found in %s" % " -> ".join(context) if context else ""
        known = ", ".join(to_native(c) for c in choices)
        if isinstance(x, list):
            wrong = [to_native(each) for each in x if each not in choices]
            if wrong:
                self.errors.append(
                    "value of %s must be one or more of: %s. Got no match "
                    "for: %s%s" % (name, known, ", ".join(wrong), where))
            return
        # YAML makes a bool of `yes`; the word is meant where only one fits.
        words = {"False": ("no", "off", "false"), "True": ("yes", "on", "true")}
        fits = [c for c in choices if c in words.get(str(x), ())]
        if x not in choices and len(fits) == 1:
            parameters[name] = x = fits[0]
        if x not in choices:
            self.errors.append("value of %s must be one of: %s, got: %s%s"
                               % (name, known, to_native(x), where))

    def _enter(self, name, entry, parameters, context):
        inner = entry.get("options")
        wanted = entry.get("type")
        if inner is None or not (wanted == "dict" or (
                wanted == "list" and entry.get("elements") == "dict")):
            return
        if entry.get("apply_defaults") and parameters.get(name) is None:
            parameters[name] = {}
        x = parameters.get(name)
        if x is None:
            return
        for each in x if isinstance(x, list) else [x]:
            if isinstance(each, str):
                try:
                    each = check_type_dict(each)
                except TypeError as problem:
                    self.errors.append(to_native(problem))
                    continue
            if not isinstance(each, dict):
                self.errors.append("value of '%s' must be of type dict or "
                                   "list of dicts" % name)
                continue
            self.check(inner, entry, each, (*context, name))
