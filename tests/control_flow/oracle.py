#!/usr/bin/env python3
"""Compares Troupe's control flow with ansible-core's.

Each case in cases/*.yml is a list of tasks (with handlers, vars and keywords
of the play) that both understand. `--write` runs them through
ansible-playbook and writes expected.json. Without it, the binary given with
--troupe runs them, and what it did is compared with expected.json.

Compared are: name and status of each task in the order of running, the
message of each task called `show...`, the counts of the recap and whether the
play failed.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracle"))
import verdicts  # noqa: E402

EXPECTED = HERE / "expected.json"

# What the pages in docs/ say is different, by case. A case that begins to
# agree is a mistake in this list.
ATTEMPTS = "attempts counts all attempts, docs/plan-format.md, Retries"
INTENDED = {
    "blocks/rescue_fails":
        "rescued are failures that a rescue made good, docs/events.md",
    "clauses/retries_without_until":
        "retries works without until, docs/plan-format.md, Retries",
    "handlers/flush_in_rescue_and_failed_handler":
        "a handler that fails ends the play, docs/plan-format.md, Handlers",
    "handlers/flush_in_block_with_rescue":
        "its handler counts as rescued, docs/plan-format.md, Handlers",
    "handlers/flush_in_inner_block":
        "its handler counts as rescued, docs/plan-format.md, Handlers",
    "handlers/unknown_handler_by_template":
        "the task fails and the play ends, docs/plan-format.md, Handlers",
    "includes/include_missing_rescued":
        "a rescue makes good a missing file, docs/modules/include_tasks.md",
    "retries/rescued_after_retries": ATTEMPTS,
    "retries/until_alone_repeats_three_times": ATTEMPTS,
    "retries/until_item_fails": ATTEMPTS,
    "retries/until_ignored": ATTEMPTS,
    "retries/until_ignored_in_a_loop": ATTEMPTS,
    "retries/until_never": ATTEMPTS,
    "selection/check_run":
        "in check mode tasks see what others would have made, docs/cli.md",
    "variables/include_vars_after_set_fact":
        "the later one wins, docs/modules/include_vars.md",
}

# With --emulator: what is not the binary's doing.
EMULATED = {
    "modules/command_missing_program":
        "qemu-user forks where vfork was asked for, and why a program did not "
        "start is told through the memory that a fork does not share",
}

# Keys of a case that are keywords of its play, in both formats.
PLAY_KEYWORDS = ("vars", "environment", "module_defaults", "tags",
                 "force_handlers", "handlers", "tasks")

COUNTS = ("ok", "changed", "failed", "skipped", "rescued", "ignored")

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
        self.tasks = []

    def note(self, result, status):
        task = result._task
        one = {"name": task.name or task.action, "action": task.action,
               "status": status}
        if one["name"].startswith("show"):
            one["msg"] = result._result.get("msg")
        self.tasks.append(one)

    def v2_runner_on_ok(self, result):
        self.note(result,
                  "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_skipped(self, result):
        self.note(result, "skipped")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.note(result, "ignored" if ignore_errors else "failed")

    def v2_playbook_on_stats(self, stats):
        total = {"included": self.included}
        for host in stats.processed:
            total.update(stats.summarize(host))
        with open(os.environ["ORACLE_OUT"], "w") as out:
            json.dump({"tasks": self.tasks, "recap": total}, out,
                      cls=AnsibleJSONEncoder)

    included = 0

    def v2_playbook_on_include(self, included_file):
        self.included += 1
'''


def load_cases(only):
    cases = {}
    for path in sorted((HERE / "cases").glob("*.yml")):
        for case in yaml.safe_load(path.read_text()):
            name = f"{path.stem}/{case.pop('case')}"
            if name in cases:
                sys.exit(f"{path}: the case {name} is there twice")
            if not only or any(word in name for word in only):
                cases[name] = case
    return cases


def prepare(case, folder):
    """Writes the case's files; returns the options that both programs take."""
    for name, content in case.get("files", {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str):
            content = yaml.safe_dump(content, sort_keys=False)
        path.write_text(content)
    (folder / "out").mkdir()
    options = ["-e", json.dumps({"dir": f"{folder}/out",
                                 **case.get("extra_vars", {})})]
    for key, option in (("run_tags", "--tags"), ("skip_tags", "--skip-tags")):
        if key in case:
            options += [option, ",".join(case[key])]
    if case.get("check"):
        options.append("--check")
    return options


def without_folder(x, folder):
    """The same value with the case's own folder written as DIR."""
    return json.loads(json.dumps(x).replace(str(folder), "DIR"))


def run_ansible(case, folder, plugins):
    play = {"hosts": "localhost", "connection": "local",
            "gather_facts": False}
    play.update({k: case[k] for k in PLAY_KEYWORDS if k in case})
    book = folder / "playbook.yml"
    book.write_text(yaml.safe_dump([play], sort_keys=False))
    options = prepare(case, folder)
    environment = dict(
        os.environ, ANSIBLE_CALLBACK_PLUGINS=str(plugins),
        ANSIBLE_STDOUT_CALLBACK="oracle", ORACLE_OUT=str(folder / "out.json"),
        ANSIBLE_RETRY_FILES_ENABLED="0", ANSIBLE_LOCALHOST_WARNING="0",
        ANSIBLE_PYTHON_INTERPRETER=sys.executable, ANSIBLE_PIPELINING="1",
        ANSIBLE_LOCAL_TEMP=str(folder / "tmp"), LC_ALL="C.UTF-8")
    done = subprocess.run(["ansible-playbook", "-i", "localhost,", str(book),
                           *options],
                          env=environment, cwd=folder, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL)
    try:
        out = json.loads((folder / "out.json").read_text())
    except OSError:
        return {"refused": True, "why": done.stdout + done.stderr}
    # Inclusions and meta tasks are compared by what they lead to.
    tasks = [{k: x for k, x in t.items() if k != "action"}
             for t in out["tasks"]
             if not (is_engine_task(t["action"])
                     and t["status"] in ("ok", "changed"))
             and not is_meta(t["action"])]
    recap = {k: out["recap"].get("failures" if k == "failed" else k, 0)
             for k in COUNTS}
    recap["ok"] -= out["recap"]["included"]
    return without_folder({"tasks": tasks, "recap": recap,
                           "failed": done.returncode != 0}, folder)


def is_engine_task(module):
    return module.rpartition(".")[2] in ("include_tasks", "import_tasks",
                                         "meta")


def is_meta(module):
    return module.rpartition(".")[2] == "meta"


def status_of(task):
    if task["failed"]:
        return "ignored" if task["ignored"] else "failed"
    if task["skipped"]:
        return "skipped"
    return "changed" if task["changed"] else "ok"


# Tasks that Ansible does not mention and Troupe accounts for.
UNMENTIONED = ("not selected by tags", "nothing failed in the block",
               "the play was ended")


def run_troupe(case, folder, command):
    plan = folder / "plan.yml"
    plan.write_text(yaml.safe_dump(
        {k: case[k] for k in PLAY_KEYWORDS if k in case}, sort_keys=False))
    report = folder / "report.json"
    options = prepare(case, folder)
    done = subprocess.run(
        [*command, "run", str(plan), "--no-state", "--report", str(report),
         "--output", "quiet", *options],
        cwd=folder, text=True, capture_output=True, stdin=subprocess.DEVNULL,
        env=dict(os.environ, LC_ALL="C.UTF-8"))
    try:
        out = json.loads(report.read_text())
    except OSError:
        return {"refused": True, "why": done.stdout + done.stderr}
    recap = {k: out["counts"][k] for k in COUNTS}
    recap["failed"] += out["counts"]["timeout"]
    tasks = []
    for task in out["tasks"]:
        if task["status"] == "cancelled":
            continue
        if task["skipped"] and task.get("reason") in UNMENTIONED:
            recap["skipped"] -= 1
            continue
        if (is_engine_task(task["module"])
                and task["status"] == "success"):
            recap["ok"] -= 1
            continue
        if is_meta(task["module"]) and task["skipped"]:
            recap["skipped"] -= 1
            continue
        one = {"name": task["name"], "status": status_of(task)}
        if task["name"].startswith("show"):
            one["msg"] = task.get("output", {}).get("msg", task.get("msg"))
        tasks.append(one)
    return without_folder({"tasks": tasks, "recap": recap,
                           "failed": done.returncode != 0}, folder)


def differences(expected, got):
    """What is different, in lines; empty when nothing is."""
    if expected.get("refused") or got.get("refused"):
        if expected.get("refused") == got.get("refused"):
            return []
        return [f"refused: expected {expected.get('refused', False)}, got "
                f"{got.get('refused', False)} {got.get('why', '')}".rstrip()]
    lines = []
    for i in range(max(len(expected["tasks"]), len(got["tasks"]))):
        a = expected["tasks"][i] if i < len(expected["tasks"]) else None
        b = got["tasks"][i] if i < len(got["tasks"]) else None
        if a != b:
            lines += [f"expected {json.dumps(a)}", f"     got {json.dumps(b)}"]
    for key in ("recap", "failed"):
        if expected[key] != got[key]:
            lines += [f"{key}: expected {json.dumps(expected[key])}",
                      f"{key}:      got {json.dumps(got[key])}"]
    return lines


def run_all(cases, run, workers):
    """Runs each case in a new folder; the folders have the same length."""
    base = pathlib.Path(tempfile.mkdtemp(prefix="control-flow-"))
    try:
        def one(entry):
            number, (name, case) = entry
            folder = base / f"{number:04}"
            folder.mkdir()
            return name, run(case, folder)
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return dict(pool.map(one, enumerate(cases.items())))
    finally:
        shutil.rmtree(base, ignore_errors=True)


def write(cases, workers, keep):
    with tempfile.TemporaryDirectory() as plugins:
        pathlib.Path(plugins, "oracle.py").write_text(CALLBACK)
        got = run_all(cases, lambda case, folder:
                      run_ansible(case, folder, plugins), workers)
    known = (json.loads(EXPECTED.read_text())
             if keep and EXPECTED.exists() else {})
    for name, what in got.items():
        if what.get("refused"):
            print(f"{name}: ansible-playbook refuses it\n{what.pop('why')}")
    known.update(got)
    current = load_cases([])
    known = {k: x for k, x in known.items() if k in current}
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(known[k])}"
                       for k in sorted(known))
    EXPECTED.write_text("{\n" + lines + "\n}\n")
    print(f"{len(got)} cases written")


def compare(cases, command, known, workers):
    expected = json.loads(EXPECTED.read_text())
    got = run_all(cases, lambda case, folder:
                  run_troupe(case, folder, command), workers)
    return verdicts.tell(cases, expected, got, known, differences)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--troupe", help="the binary to compare")
    options.add_argument("--emulator",
                         help="what starts the binary of another machine")
    options.add_argument("--write", action="store_true",
                         help="run ansible-playbook and keep what it does")
    options.add_argument("--workers", type=int, default=2)
    verdicts.add_sample(options)
    options.add_argument("only", nargs="*", help="parts of names of cases")
    chosen = options.parse_args()
    cases = {name: case for name, case in load_cases(chosen.only).items()
             if verdicts.sampled(name, chosen.every)}
    if chosen.write:
        write(cases, chosen.workers, bool(chosen.only) or chosen.every > 1)
    if chosen.troupe:
        command = [os.path.abspath(chosen.troupe)]
        known = INTENDED
        if chosen.emulator:
            command.insert(0, chosen.emulator)
            known = {**INTENDED, **EMULATED}
        return compare(cases, command, known, chosen.workers)
    if not chosen.write:
        options.error("give --troupe, --write or both")
    return 0


if __name__ == "__main__":
    sys.exit(main())
