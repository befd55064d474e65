"""Calls modules through ansible-playbook, and through Troupe."""

import grp
import json
import os
import pwd
import re
import subprocess
import sys
import tempfile

import trees

HERE = os.path.dirname(os.path.abspath(__file__))

# Seconds that a case may take; what takes longer has no answer.
LIMIT = 120

# Modules of which a part runs where the playbook is.
HAVE_ACTIONS = {"add_host", "assemble", "assert", "async_status", "command",
                "copy", "debug", "dnf", "fail", "fetch", "gather_facts",
                "group_by", "include_vars", "meta", "package", "pause", "raw",
                "reboot", "script", "service", "set_fact", "set_stats", "shell",
                "template", "unarchive", "uri", "validate_argument_spec",
                "wait_for_connection", "yum"}

CALLBACK = '''
import json, os
from ansible.plugins.callback import CallbackBase
from ansible.parsing.ajson import AnsibleJSONEncoder


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "oracle"

    def __init__(self):
        super().__init__()
        self.results = {}

    def note(self, result, **more):
        self.results[result._task.name] = {**result._result, **more}

    def v2_runner_on_ok(self, result):
        self.note(result)

    def v2_runner_on_skipped(self, result):
        self.note(result, skipped=True)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.note(result, failed=True)

    def v2_playbook_on_stats(self, stats):
        with open(os.environ["ORACLE_OUT"], "w") as out:
            json.dump(self.results, out, cls=AnsibleJSONEncoder)
'''

# Of every module: what is about the call, not about what it did, and what is
# new each time.
NOT_COMPARED = {
    "invocation", "warnings", "deprecations", "exception", "module_stderr",
    "module_stdout", "start", "end", "delta", "atime",
    "mtime", "ctime", "inode", "dev", "skip_reason",
    "false_condition", "not_known", "would_need",
}
TEMPORARY = re.compile(r"/[^ '\"]*/\.?ansible[-/][^ '\"]*|/tmp/tmp[a-z0-9_]{8}")
OWNERS = {"uid": os.geteuid, "gid": os.getegid}
NAMES = {"owner": trees.name_of_user, "group": trees.name_of_group,
         "pw_name": trees.name_of_user, "gr_name": trees.name_of_group}


def tasks_of(cases, roots):
    out = []
    for name, case in cases.items():
        root = roots[name]
        task = {"name": name, case.module: trees.with_root(case.args, root),
                "ignore_errors": True}
        task.update(trees.with_root(case.keywords, root))
        if case.variables:
            task["vars"] = trees.with_root(case.variables, root)
        out.append(task)
    return out


def options_of(phase):
    return ["--check", "--diff"] if phase == "check" else []


def without_me(x):
    """Whoever runs the cases is called ME, their group MINE; what differs
    from one file system to the next is left out."""
    if isinstance(x, list):
        return [without_me(one) for one in x]
    if not isinstance(x, dict):
        return x
    out = {}
    for key, one in x.items():
        if key in ("uid", "gid") and one == OWNERS[key]():
            one = "ME" if key == "uid" else "MINE"
        elif key in ("owner", "pw_name") and one in (user_name(), 0):
            one = "ME"
        elif key in ("group", "gr_name") and one in (group_name(), 0):
            one = "MINE"
        out[key] = without_me(one)
    if out.get("state") == "directory" or out.get("isdir"):
        # As the file system has it.
        out.pop("size", None)
        out.pop("nlink", None)
    return out


def user_name():
    return pwd.getpwuid(os.geteuid()).pw_name


def group_name():
    return grp.getgrgid(os.getegid()).gr_name


def without_new(x, ignored):
    """Without what is not compared, at any depth."""
    if isinstance(x, list):
        return [without_new(one, ignored) for one in x]
    if isinstance(x, dict):
        return {k: without_new(v, ignored) for k, v in x.items()
                if k not in ignored and not k.startswith("_ansible")}
    if isinstance(x, str):
        return TEMPORARY.sub("TEMPORARY", x)
    return x


# What results tell of a path.
PATH_INFO = ("uid", "gid", "owner", "group", "mode", "size", "state",
             "secontext")


# What is compared of a failure with `text: true`.
FAILURE = ("msg", "rc", "stdout", "stderr", "cmd")


def plain_diff(x):
    """A list of one difference is that difference; what says that nothing
    differs is none."""
    if isinstance(x, list) and len(x) == 1:
        x = x[0]
    if isinstance(x, dict) and isinstance(x.get("before"), dict) \
            and x["before"] == x.get("after"):
        return None
    if isinstance(x, dict):
        x = {k: v for k, v in x.items()
             if not (k.endswith("_header") and "TEMPORARY" in str(v))}
    return x


def canonical(x):
    return json.dumps(x, sort_keys=True)


def comparable(result, case, root, phase):
    """A result without what differs from run to run."""
    ignored = NOT_COMPARED | set(case.ignore)
    out = without_new(without_me(trees.without_root(result, root)), ignored)
    for key in case.unordered:
        if isinstance(out.get(key), list):
            out[key] = sorted(out[key], key=canonical)
    out.setdefault("changed", False)
    out.setdefault("failed", False)
    for key in [k for k, x in out.items()
                if isinstance(x, str) and x.endswith("TEMPORARY")]:
        del out[key]
    if out["failed"]:
        kept = ("changed", "failed", *(FAILURE if case.text else ()))
        out = {key: x for key, x in out.items() if key in kept}
    if phase == "check":
        # Troupe tells how it would be, Ansible how it is.
        for key in PATH_INFO:
            out.pop(key, None)
    diff = plain_diff(out.pop("diff", None))
    if phase == "check" and diff:
        out["diff"] = diff
    if "module_stderr" in result:
        # It broke, and says so in words of its own.
        out.pop("rc", None)
    return out


class Ansible:
    """ansible-playbook as it is found in PATH, one play for many cases."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        with open(f"{self.folder.name}/oracle.py", "w",
                  encoding="utf-8") as out:
            out.write(CALLBACK)

    def call(self, cases, roots, phase):
        """Modules that are all of their task are called without a playbook,
        which takes a hundredth of the time."""
        alone = {name: case for name, case in cases.items()
                 if case.module not in HAVE_ACTIONS and not case.keywords
                 and not case.variables}
        rest = {name: case for name, case in cases.items()
                if name not in alone}
        out = self.call_modules(alone, roots, phase) if alone else {}
        if rest:
            out.update(self.play(rest, roots, phase))
        return out

    def library(self):
        said = subprocess.run(["ansible-playbook", "--version"], text=True,
                              capture_output=True, check=True,
                              timeout=LIMIT).stdout
        return re.search(r"module location = (.*)/ansible\n", said)[1]

    def call_modules(self, cases, roots, phase):
        check = phase == "check"
        tasks = [{"name": name, "module": case.module, "check": check,
                  "diff": check, "limit": LIMIT,
                  "args": trees.with_root(case.args, roots[name])}
                 for name, case in cases.items()]
        done = subprocess.run(
            ["/usr/bin/python3", f"{HERE}/call_modules.py"],
            input=json.dumps(tasks), text=True, capture_output=True,
            cwd=next(iter(roots.values())).parent, check=True,
            timeout=LIMIT * (len(cases) + 1),
            env=dict(os.environ, PYTHONPATH=self.library(), LC_ALL="C.UTF-8"))
        return json.loads(done.stdout)

    def play(self, cases, roots, phase):
        base = next(iter(roots.values())).parent
        book = base / "playbook.yml"
        play = {"hosts": "localhost", "connection": "local",
                "gather_facts": False, "tasks": tasks_of(cases, roots)}
        book.write_text(json.dumps([play]))
        answers = base / "answers.json"
        answers.unlink(missing_ok=True)
        environment = dict(
            os.environ, ANSIBLE_CALLBACK_PLUGINS=self.folder.name,
            ANSIBLE_STDOUT_CALLBACK="oracle", ORACLE_OUT=str(answers),
            ANSIBLE_RETRY_FILES_ENABLED="0", ANSIBLE_LOCALHOST_WARNING="0",
            ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3",
            ANSIBLE_PIPELINING="1", ANSIBLE_LOCAL_TEMP=str(base / "local"),
            ANSIBLE_REMOTE_TEMP=str(base / "remote"), LC_ALL="C.UTF-8")
        done = subprocess.run(
            ["ansible-playbook", "-i", "localhost,", str(book),
             *options_of(phase)],
            env=environment, cwd=base, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, check=False,
            timeout=LIMIT * (len(cases) + 1))
        if not answers.exists():
            sys.exit(f"ansible-playbook: {done.stdout}{done.stderr}")
        return json.loads(answers.read_text())


class Troupe:
    """The binary, one plan for many cases."""

    def __init__(self, command):
        self.command = command
        # Cases whose plan is refused, which says nothing about other tasks.
        self.refused = set()

    def call(self, cases, roots, phase):
        alone = {name: case for name, case in cases.items()
                 if name in self.refused}
        rest = {name: case for name, case in cases.items()
                if name not in self.refused}
        out = self.halve(rest, roots, phase) if rest else {}
        for name, case in alone.items():
            out.update(self.halve({name: case}, roots, phase))
        return out

    def halve(self, cases, roots, phase):
        got = self.run(cases, roots, phase)
        if got is not None:
            return got
        names = list(cases)
        if len(names) == 1:
            self.refused.add(names[0])
            return {names[0]: {"failed": True}}
        out = {}
        middle = len(names) // 2
        for half in (names[:middle], names[middle:]):
            out.update(self.halve({n: cases[n] for n in half}, roots, phase))
        return out

    def run(self, cases, roots, phase):
        base = next(iter(roots.values())).parent
        plan = base / "plan.yml"
        # JSON is YAML, and made faster.
        plan.write_text(json.dumps({"tasks": tasks_of(cases, roots)}))
        report = base / "report.json"
        report.unlink(missing_ok=True)
        done = subprocess.run(
            [*self.command, "run", str(plan), "--no-state", "--report",
             str(report), "--output", "quiet", *options_of(phase)],
            cwd=base, capture_output=True, stdin=subprocess.DEVNULL,
            timeout=LIMIT * (len(cases) + 1),
            env=dict(os.environ, LC_ALL="C.UTF-8"), check=False)
        if not report.exists():
            if done.returncode < 0:
                sys.exit(f"{self.command[0]} was ended by a signal: {plan}")
            return None
        tasks = json.loads(report.read_text())["tasks"]
        return {task["name"]: answer_of(task) for task in tasks}


def answer_of(task):
    out = task.get("output", {})
    out["failed"] = task["failed"]
    out["changed"] = task["changed"]
    if task["skipped"]:
        out["skipped"] = True
    return out
