"""AnsibleModule: what a Python module reads its arguments with and answers by.

A library of Troupe's own with the interface that Ansible documents, for hosts
that have none of Ansible's.
"""

import json
import os
import re
import sys
import tempfile
import traceback

from ansible.module_utils import _module_commands, _module_files
from ansible.module_utils._arguments import (  # noqa: F401
    AnsibleFallbackNotFound, Arguments, env_fallback)
from ansible.module_utils.common._collections_compat import (  # noqa: F401
    Mapping, MutableMapping, Sequence, Set)
from ansible.module_utils.common.process import get_bin_path  # noqa: F401
from ansible.module_utils.common.sys_info import (  # noqa: F401
    get_distribution, get_distribution_version, get_platform_subclass)
from ansible.module_utils.common.text.converters import (  # noqa: F401
    jsonify, to_bytes, to_native, to_text)
from ansible.module_utils.common.text.formatters import (  # noqa: F401
    SIZE_RANGES, bytes_to_human, human_to_bytes, lenient_lowercase)
from ansible.module_utils.common.validation import (  # noqa: F401
    check_missing_parameters, check_type_bits, check_type_bool,
    check_type_bytes, check_type_dict, check_type_float, check_type_int,
    check_type_jsonarg, check_type_list, check_type_path, check_type_raw,
    check_type_str)
from ansible.module_utils.common.warnings import (  # noqa: F401
    deprecate, get_deprecation_messages, get_warning_messages, warn)
from ansible.module_utils.parsing.convert_bool import (  # noqa: F401
    BOOLEANS, BOOLEANS_FALSE, BOOLEANS_TRUE, boolean)
from ansible.module_utils._module_files import (  # noqa: F401
    FILE_COMMON_ARGUMENTS)

SEQUENCETYPE = (frozenset, Sequence)
NoneType = type(None)

# The arguments as JSON; None: they are in the file that is named.
_ANSIBLE_ARGS = None


def missing_required_lib(library, reason=None, url=None):
    words = ("Failed to import the required Python library (%s) on %s's "
             "Python %s." % (library, os.uname().nodename, sys.executable))
    if reason:
        words += " This is required %s." % reason
    if url:
        words += " See %s for more info." % url
    return words + (" Please read the module documentation and install it in "
                    "the appropriate location. If the required library is "
                    "installed, but Ansible is using the wrong Python "
                    "interpreter, please consult the documentation on "
                    "ansible_python_interpreter")


def get_platform():
    return os.uname().sysname


def load_platform_subclass(cls, *args, **kwargs):
    return object.__new__(get_platform_subclass(cls))


def get_all_subclasses(cls):
    out = set()
    for each in cls.__subclasses__():
        out |= {each} | get_all_subclasses(each)
    return out


def get_module_path():
    return os.path.dirname(os.path.realpath(sys.argv[0]))


def _read_arguments():
    if _ANSIBLE_ARGS is not None:
        text = to_text(_ANSIBLE_ARGS)
    elif len(sys.argv) > 1 and os.path.isfile(sys.argv[1]):
        with open(sys.argv[1], "rb") as file:
            text = to_text(file.read())
    elif len(sys.argv) > 1:
        text = sys.argv[1]
    else:
        text = sys.stdin.read()
    return json.loads(text)["ANSIBLE_MODULE_ARGS"]


def remove_values(value, no_log_strings):
    """`value` without these texts."""
    if isinstance(value, (str, bytes)):
        text = to_native(value)
        if text in no_log_strings:
            return "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        for each in sorted(no_log_strings, key=len, reverse=True):
            text = text.replace(each, "*" * 8)
        return text
    if isinstance(value, Mapping):
        return {k: remove_values(v, no_log_strings) for k, v in value.items()}
    if isinstance(value, (list, tuple, Set)):
        return [remove_values(x, no_log_strings) for x in value]
    if not isinstance(value, (bool, NoneType)) and str(value) in no_log_strings:
        return "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    return value


class AnsibleModule(_module_files.FileTools, _module_commands.CommandTools):
    """One call of a module."""

    def __init__(self, argument_spec, bypass_checks=False, no_log=False,
                 mutually_exclusive=None, required_together=None,
                 required_one_of=None, add_file_common_args=False,
                 supports_check_mode=False, required_if=None,
                 required_by=None):
        self.argument_spec = dict(argument_spec)
        if add_file_common_args:
            for key, x in FILE_COMMON_ARGUMENTS.items():
                self.argument_spec.setdefault(key, x)
        self.supports_check_mode = supports_check_mode
        self.bypass_checks = bypass_checks
        self.no_log = no_log
        self.cleanup_files = []
        self.run_command_environ_update = {}
        self.no_log_values = set()
        self.aliases = {}
        self._tmpdir = None
        self.mutually_exclusive = mutually_exclusive
        self.required_together = required_together
        self.required_one_of = required_one_of
        self.required_if = required_if
        self.required_by = required_by
        self._take_options(_read_arguments())
        if self.check_mode and not supports_check_mode:
            self.exit_json(skipped=True, msg="remote module (%s) does not "
                           "support check mode" % self._name)
        self._check_arguments()

    def _take_options(self, given):
        own = {k: given.pop(k) for k in list(given)
               if str(k).startswith("_ansible_")}
        self.params = given
        self.check_mode = own.get("_ansible_check_mode", False)
        self.no_log = own.get("_ansible_no_log", False) or self.no_log
        self._diff = own.get("_ansible_diff", False)
        self._debug = own.get("_ansible_debug", False)
        self._verbosity = own.get("_ansible_verbosity", 0)
        self._name = own.get("_ansible_module_name") or "module"
        self.ansible_version = own.get("_ansible_version")
        self._remote_tmp = own.get("_ansible_tmpdir") or tempfile.gettempdir()
        self._keep_remote_files = own.get("_ansible_keep_remote_files", False)
        self._socket_path = own.get("_ansible_socket")
        self._shell = own.get("_ansible_shell_executable")

    def _check_arguments(self):
        found = Arguments()
        rules = {x: getattr(self, x) for x in (
            "mutually_exclusive", "required_together", "required_one_of",
            "required_if", "required_by")}
        found.check(self.argument_spec, rules, self.params)
        self.no_log_values |= found.secrets
        self.aliases = found.aliases
        for each in found.warnings:
            self.warn(each)
        for each in found.deprecations:
            self.deprecate(**each)
        if self.bypass_checks:
            return
        if found.errors:
            self.fail_json(msg=found.errors[0])
        if found.unknown:
            self.fail_json(
                msg="Unsupported parameters for (%s) module: %s. Supported "
                    "parameters include: %s." % (
                        self._name, ", ".join(found.unknown),
                        ", ".join(found.supported)))

    @property
    def tmpdir(self):
        if self._tmpdir is None:
            self._tmpdir = tempfile.mkdtemp(prefix="module-",
                                            dir=self._remote_tmp)
            self.add_cleanup_file(self._tmpdir)
        return self._tmpdir

    # What is told.

    def warn(self, warning):
        warn(warning)

    def deprecate(self, msg, version=None, date=None, collection_name=None):
        deprecate(msg, version, date, collection_name)

    def debug(self, msg):
        pass

    def log(self, msg, log_args=None):
        import syslog
        syslog.openlog("ansible-" + self._name, 0, syslog.LOG_USER)
        syslog.syslog(syslog.LOG_INFO, remove_values(
            to_native(msg), self.no_log_values).replace("\0", ""))

    def jsonify(self, data):
        try:
            return jsonify(data)
        except (TypeError, ValueError) as problem:
            self.fail_json(msg=to_native(problem))

    def from_json(self, data):
        return json.loads(data)

    def boolean(self, arg):
        if arg is None:
            return arg
        try:
            return boolean(arg)
        except TypeError as problem:
            self.fail_json(msg=to_native(problem))

    def fail_on_missing_params(self, required_params=None):
        try:
            check_missing_parameters(self.params, required_params)
        except TypeError as problem:
            self.fail_json(msg=to_native(problem))

    def _answer(self, result):
        self.add_path_info(result)
        result.setdefault("invocation", {"module_args": self.params})
        for name, told in (("warnings", get_warning_messages()),
                           ("deprecations", get_deprecation_messages())):
            mine = result.get(name, [])
            mine = list(mine) if isinstance(mine, (list, tuple)) else [mine]
            if mine or told:
                result[name] = list(told) + mine
        text = jsonify(remove_values(result, self.no_log_values))
        print("\n" + re.sub(r"[\ud800-\udfff]", "?", text))
        sys.stdout.flush()

    def exit_json(self, **kwargs):
        self.do_cleanup_files()
        self._answer(kwargs)
        sys.exit(0)

    def fail_json(self, msg, **kwargs):
        kwargs.update(failed=True, msg=msg)
        problem = sys.exc_info()[1]
        if problem is not None and "exception" not in kwargs:
            kwargs["exception"] = traceback.format_exc()
        self.do_cleanup_files()
        self._answer(kwargs)
        sys.exit(1)
