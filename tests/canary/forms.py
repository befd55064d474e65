"""The plan of the canary test: a secret in every place of every module.

A form is a task, or several, that uses the secret `{{ sec }}`; it may fail, as
nobody may see it then either.
"""

import json
import os

from error_forms import ERRORS
from module_forms import MODULES, WITHOUT
from plan_files import FILES

# Below this folder tasks may change what they like.
ROOT = "{{ root }}"


def failing(name, task):
    return dict(task, id=name, ignore_errors=True)


# Name -> task. Names are what a hit is reported by.
TASKS = {
    # What is printed.
    "debug-msg": {"debug": {"msg": "it is {{ sec }}"}},
    "debug-var": {"debug": {"var": "sec"}},
    "debug-structure": {"debug": {"msg": {"{{ sec }}": ["{{ sec }}", 1]}}},
    "debug-derived": {"debug": {"msg": [
        "{{ sec | b64encode }}", "{{ ('u:' ~ sec) | b64encode }}",
        "{{ ('us:' ~ sec) | b64encode }}", "{{ sec | to_json }}",
        "{{ sec | to_nice_yaml }}", "{{ sec | urlencode }}",
        "{{ sec | quote }}", "{{ sec | regex_escape }}", "{{ sec | e }}",
        "{{ [sec] | string }}", "{{ sec.splitlines() }}",
        "{{ {'k': sec} | to_nice_json }}", "{{ sec | indent(7) }}"]}},
    "debug-no-log": {"debug": {"msg": "{{ sec }}"}, "no_log": True},
    "fail": {"fail": {"msg": "no {{ sec }}"}},
    "fail-no-log": {"fail": {"msg": "no {{ sec }}"}, "no_log": True},
    "assert": {"assert": {"that": ["sec == 'another'"],
                          "fail_msg": "not {{ sec }}"}},
    "assert-ok": {"assert": {"that": ["sec == sec"],
                             "success_msg": "it is {{ sec }}"}},
    "assert-text": {"assert": {"that": "{{ sec }}"}},
    "ping": {"ping": {"data": "{{ sec }}"}},
    # Keywords.
    "name": {"name": "install {{ sec }} now", "ping": {}},
    "name-fails": {"name": "install {{ sec }} now", "command": "false"},
    "when-false": {"ping": {}, "when": "sec == 'another'"},
    "when-error": {"ping": {}, "when": "sec | from_json"},
    "when-text": {"ping": {}, "when": "{{ sec }}"},
    "changed-when": {"command": "true", "changed_when": "sec | from_json"},
    "failed-when": {"command": "true", "failed_when": "sec.no_such[sec]"},
    "loop": {"debug": {"msg": "{{ item }}"}, "loop": ["{{ sec }}", "plain"]},
    "loop-dict": {"command": "false", "loop": [{"key": "{{ sec }}"}]},
    "loop-lines": {"command": "printf %s {{ item | quote }}",
                   "loop": "{{ sec.splitlines() }}"},
    "loop-label": {"command": "true", "loop": [1, 2],
                   "loop_control": {"label": "{{ sec }}"}},
    "loop-not-a-list": {"ping": {}, "loop": "{{ sec }}"},
    "loop-var": {"ping": {}, "loop": ["{{ sec }}"],
                 "loop_control": {"loop_var": "thing"}},
    "retries": {"name": "again {{ sec }}", "shell": "printf %s \"$S\"; exit 1",
                "environment": {"S": "{{ sec }}"}, "register": "tried",
                "until": "tried.stdout == 'x'", "retries": 2, "delay": 0},
    "bad-timeout": {"ping": {}, "timeout": "{{ sec }}"},
    "bad-retries": {"ping": {}, "retries": "{{ sec }}", "until": "true"},
    "bad-throttle": {"ping": {}, "throttle": "{{ sec }}"},
    "bad-no-log": {"ping": {}, "no_log": "{{ sec }}"},
    "become-nobody": {"command": "true", "become": True,
                      "become_user": "{{ sec }}"},
    "bad-environment": {"command": "env", "environment": "{{ sec }}"},
    "environment-name": {"command": "env", "environment": {"{{ sec }}": "1"}},
    "vars": {"debug": {"msg": "{{ mine }}"}, "vars": {"mine": "{{ sec }}!"}},
    "vars-error": {"debug": {"msg": "{{ mine }}"},
                   "vars": {"mine": "{{ sec | from_yaml | from_json }}"}},
    # Programs.
    "command": {"command": "printf %s {{ sec | quote }}"},
    "command-free": {"command": "true {{ sec }}"},
    "command-words": {"command": "ls -d {{ sec }}"},
    "command-argv": {"command": {"argv": ["echo", "{{ sec }}"]}},
    "command-missing": {"command": {"argv": ["{{ sec }}", "x"]}},
    "command-missing-free": {"command": "{{ sec }}"},
    "command-stdin": {"command": {"argv": ["cat"], "stdin": "{{ sec }}"}},
    "command-stderr": {"shell": "cat >&2; exit 3",
                       "args": {"stdin": "{{ sec }}"}},
    "command-chdir": {"command": {"argv": ["true"], "chdir": "{{ sec }}"}},
    "command-creates": {"command": {"argv": ["true"], "creates": "{{ sec }}",
                                    "removes": "{{ sec }}"}},
    "command-environment": {"command": "env",
                            "environment": {"SECRET_OF": "{{ sec }}"}},
    "command-no-log": {"command": {"argv": ["cat"], "stdin": "{{ sec }}"},
                       "no_log": True},
    "command-timeout": {"shell": "cat; exec tail -f /dev/null",
                        "args": {"stdin": "{{ sec }}"}, "timeout": 0.2},
    "shell": {"shell": "printf '%s\\n' {{ sec | quote }} | sed 's/^/    /'"},
    "shell-base64": {"shell": "base64; exit 1",
                     "args": {"stdin": "user:{{ sec }}"}},
    "shell-missing": {"shell": "ls -d /dev/null/{{ sec | quote }}"},
    "shell-no-program": {"shell": "{{ sec | quote }} x"},
    "shell-executable": {"shell": {"cmd": "true", "executable": "{{ sec }}"}},
    "raw": {"raw": "printf %s {{ sec | quote }}; exit 1"},
    "script": {"script": "step.sh {{ sec | quote }}"},
    "script-missing": {"script": "{{ sec }}"},
    "async": {"command": {"argv": ["echo", "{{ sec }}"]}, "async": 5,
              "poll": 0, "register": "job"},
    "async-wait": {"shell": "printf '%s\\n' {{ sec | quote }}; exit 1", "async": 5,
                   "poll": 1},
    "async-status": {"async_status": {"jid": "{{ sec }}"}},
    "custom": {"tell": {"word": "{{ sec }}", "how": "answer"}},
    "custom-garbage": {"tell": {"word": "{{ sec }}", "how": "garbage"}},
    "custom-fails": {"tell": {"word": "{{ sec }}", "how": "fail"}},
    "custom-facts": {"tell": {"word": "{{ sec }}", "how": "facts"}},
    "custom-later": {"debug": {"var": "told"}},
    # Files.
    "copy": {"copy": {"content": "{{ sec }}", "dest": ROOT + "/copied"}},
    "copy-again": {"copy": {"content": "a\n{{ sec }}\nb",
                            "dest": ROOT + "/copied", "backup": True}},
    "copy-no-log": {"copy": {"content": "{{ sec }}2",
                             "dest": ROOT + "/copied"}, "no_log": True},
    "copy-structure": {"copy": {"content": {"k": ["{{ sec }}"]},
                                "dest": ROOT + "/structure"}},
    "copy-owner": {"copy": {"content": "x", "dest": ROOT + "/o",
                            "owner": "{{ sec }}"}},
    "copy-group": {"copy": {"content": "x", "dest": ROOT + "/o",
                            "group": "{{ sec }}"}},
    "copy-mode": {"copy": {"content": "x", "dest": ROOT + "/o",
                           "mode": "{{ sec }}"}},
    "copy-validate": {"copy": {"content": "{{ sec }}", "dest": ROOT + "/v",
                               "validate": "grep {{ sec | quote }}x %s"}},
    "copy-src": {"copy": {"src": "{{ sec }}", "dest": ROOT + "/c"}},
    "copy-remote-src": {"copy": {"src": "{{ sec }}", "dest": ROOT + "/c",
                                 "remote_src": True}},
    "copy-dest": {"copy": {"content": "x", "dest": ROOT + "/no/{{ sec }}"}},
    "copy-dest-bare": {"copy": {"content": "x", "dest": ROOT + "/made/{{ sec }}",
                                "force": "{{ sec }}"}},
    "copy-dest-below": {"copy": {"content": "x", "dest": "{{ sec }}/x/y"}},
    "template": {"template": {"src": "secret.j2", "dest": ROOT + "/t"}},
    "template-again": {"template": {"src": "secret.j2", "dest": ROOT + "/t"},
                       "vars": {"more": "{{ sec }}"}},
    "template-error": {"template": {"src": "broken.j2", "dest": ROOT + "/e"}},
    "template-src": {"template": {"src": "{{ sec }}", "dest": ROOT + "/e"}},
    "template-dest": {"template": {"src": "secret.j2",
                                   "dest": "/dev/null/{{ sec }}/x"}},
    "file-touch": {"file": {"path": ROOT + "/no/{{ sec }}",
                            "state": "touch"}},
    "file-touch-below": {"file": {"path": ROOT + "/{{ sec }}/x",
                                  "state": "touch"}},
    "file-absent": {"file": {"path": ROOT + "/{{ sec }}/x",
                             "state": "absent"}},
    "file-present": {"file": {"path": ROOT + "/{{ sec }}", "state": "file"}},
    "file-below-a-file": {"file": {"path": "/dev/null/{{ sec }}",
                                   "state": "directory"}},
    "file-folder": {"file": {"path": ROOT + "/made/{{ sec | hash('sha1') }}",
                             "state": "directory", "owner": "{{ sec }}"}},
    "file-link": {"file": {"src": "{{ sec }}", "dest": ROOT + "/link",
                           "state": "link", "force": True}},
    "file-link-missing": {"file": {"src": "{{ sec }}",
                                   "dest": ROOT + "/no/l", "state": "link"}},
    "file-hard": {"file": {"src": "{{ sec }}", "dest": ROOT + "/hard",
                           "state": "hard"}},
    "file-times": {"file": {"path": ROOT + "/copied", "state": "touch",
                            "modification_time": "{{ sec }}"}},
    "file-attributes": {"file": {"path": ROOT + "/copied",
                                 "attributes": "{{ sec }}"}},
    "file-state": {"file": {"path": ROOT + "/copied", "state": "{{ sec }}"}},
    "file-recurse": {"file": {"path": "{{ sec }}", "state": "directory",
                              "recurse": "{{ sec }}"}},
    "stat": {"stat": {"path": "{{ sec }}"}},
    "stat-content": {"command": "cat {{ root }}/copied", "register": "seen"},
    "wait-path": {"wait_for": {"path": ROOT + "/{{ sec }}", "timeout": 0}},
    "wait-regex": {"wait_for": {"path": "/etc/passwd", "timeout": 0,
                                "search_regex": "{{ sec }}"}},
    "wait-host": {"wait_for": {"host": "{{ sec }}", "port": 9,
                               "timeout": 0}},
    "wait-msg": {"wait_for": {"path": "/nowhere", "timeout": 0,
                              "msg": "no {{ sec }}"}},
    # Packages, services, the machine.
    "package": {"package": {"name": "{{ sec }}", "state": "present"}},
    "package-list": {"package": {"name": ["{{ sec }}", "more"],
                                 "state": "absent"}},
    "package-use": {"package": {"name": "x", "use": "{{ sec }}"}},
    "apt": {"apt": {"name": "{{ sec }}", "state": "latest"}},
    "apt-deb": {"apt": {"deb": "{{ sec }}"}},
    "apk": {"apk": {"name": "{{ sec }}"}},
    "dnf": {"dnf": {"name": "{{ sec }}"}},
    "yum": {"yum": {"name": "{{ sec }}"}},
    "zypper": {"zypper": {"name": "{{ sec }}"}},
    "pacman": {"pacman": {"name": "{{ sec }}", "extra_args": "{{ sec }}"}},
    "homebrew": {"homebrew": {"name": "{{ sec }}"}},
    "service": {"service": {"name": "{{ sec }}", "state": "started"}},
    "service-use": {"service": {"name": "x", "state": "started",
                                "use": "{{ sec }}"}},
    "systemd": {"systemd": {"name": "{{ sec }}", "state": "restarted"}},
    "sysvinit": {"sysvinit": {"name": "{{ sec }}", "state": "started"}},
    "setup": {"setup": {"filter": "{{ sec }}"}},
    "setup-subset": {"setup": {"gather_subset": ["{{ sec }}"]}},
    "add-host": {"add_host": {"name": "{{ sec }}", "groups": "g",
                              "extra": "{{ sec }}"}},
    "group-by": {"group_by": {"key": "k_{{ sec }}"}},
    # Names of the run.
    "set-fact": {"set_fact": {"derived": "x{{ sec }}x"}},
    "set-fact-key": {"set_fact": {"{{ sec }}": 1}},
    "use-fact": {"debug": {"var": "derived"}},
    "use-fact-error": {"debug": {"msg": "{{ derived | from_json }}"}},
    "include-vars": {"include_vars": {"file": "{{ sec }}"}},
    "include-vars-dir": {"include_vars": {"dir": "{{ sec }}"}},
    "include-vars-file": {"include_vars": {"file": "vars.yml"}},
    "include-vars-name": {"include_vars": {"file": "vars.yml",
                                           "name": "{{ sec }}"}},
    "include-tasks": {"include_tasks": "{{ sec }}"},
    "include-inside": {"include_tasks": "inside.yml"},
    "import": {"import_tasks": "inside.yml", "vars": {"item": "{{ sec }}"}},
    "include-loop": {"include_tasks": "inside.yml", "loop": ["{{ sec }}"]},
    "meta": {"meta": "noop", "when": "sec == 'another'"},
    **MODULES,
    **ERRORS,
}
# These would end the play.
FATAL = {
    "bad-ignore": {"command": "false", "ignore_errors": "{{ sec }}"},
    "notify-nobody": {"command": "true", "notify": "{{ sec }}"},
}

# What is registered, shown afterwards, and printed by the error of a rescue.
LATER = [
    {"id": "later-%s" % n, "debug": {"var": shown}, "ignore_errors": True}
    for n, shown in enumerate([
        "of_command", "of_command.stdout", "of_command.stdout_lines",
        "of_no_log.stdout", "of_missing", "of_loop", "job", "tried", "seen",
        "hostvars", "groups", "vars.of_no_log", "of_custom"])]
REGISTERED = {"command": "of_command", "command-no-log": "of_no_log",
              "command-missing": "of_missing", "loop-lines": "of_loop",
              "custom": "of_custom"}


def blocks():
    return [
        {"name": "block {{ sec }}", "id": "block",
         "block": [{"id": "block-fails", "name": "inner {{ sec }}",
                    "command": {"argv": ["cat", "{{ root }}/no/{{ sec }}"]}}],
         "rescue": [{"id": "rescue-task",
                     "debug": {"var": "ansible_failed_task"}},
                    {"id": "rescue-result",
                     "debug": {"var": "ansible_failed_result"}}],
         "always": [{"id": "always", "name": "always {{ sec }}",
                     "ping": {}}]},
    ] + [
        {"name": "rescued " + name, "block": [dict(task, id=name)],
         "rescue": [{"id": name + "-result",
                     "debug": {"var": "ansible_failed_result"}}]}
        for name, task in FATAL.items()
    ] + [
        {"id": "notifies", "command": "true",
         "notify": ["restart {{ sec }}", "plain", "listener"]},
        {"id": "job-wait", "async_status": {"jid": "{{ job.ansible_job_id }}"},
         "register": "waited", "until": "waited.finished", "retries": 20,
         "delay": 0.1, "ignore_errors": True},
    ]


HANDLERS = [
    {"id": "named", "name": "restart {{ sec }}",
     "debug": {"msg": "{{ sec }}"}},
    {"id": "plain", "name": "plain",
     "command": {"argv": ["cat", "/no/{{ sec }}"]}, "ignore_errors": True},
    {"id": "listening", "name": "heard {{ sec }}", "listen": "listener",
     "shell": "printf '%s\\n' {{ sec | quote }}; false", "ignore_errors": True},
]

def tasks():
    out = []
    for name, task in TASKS.items():
        one = failing(name, task)
        if name in REGISTERED:
            one["register"] = REGISTERED[name]
        out.append(one)
    return out + blocks() + LATER


def write_plan(folder):
    """Writes the plan and its files; where it is."""
    for name, content in FILES.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(content)
        os.chmod(path, 0o755)
    plan = {"troupe": 1, "plays": [
        {"name": "play {{ sec }}", "gather_facts": False, "tasks": tasks(),
         "handlers": HANDLERS}]}
    path = os.path.join(folder, "plan.json")
    with open(path, "w") as out:
        json.dump(plan, out, indent=1)
    return path


def without_form(modules):
    """Those of these modules that no form has."""
    used = set(WITHOUT)
    for each in list(TASKS.values()) + list(FATAL.values()):
        used.update(each)
    return sorted(set(modules) - used)


def count():
    """Forms in all."""
    return len(TASKS) + len(FATAL) + len(LATER) + len(HANDLERS)
