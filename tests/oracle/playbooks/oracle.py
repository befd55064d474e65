#!/usr/bin/env python3
"""Compares what playbooks come to with ansible-core.

Each case in cases/*.yml is a folder of files and a command line. `--write`
runs ansible-playbook on it and writes expected.json. Without it, the binary
given with --troupe runs the same under the name ansible-playbook, and what it
printed and ended with is compared. The cases of tests/control_flow are run as
plays as well.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import verdicts  # noqa: E402
EXPECTED = HERE / "expected.json"
CONTROL_FLOW = HERE.parent.parent / "control_flow" / "cases"

PLAY_KEYWORDS = ("vars", "environment", "module_defaults", "tags",
                 "force_handlers", "handlers", "tasks")

# What docs/playbooks.md says is different, by case. A case that begins to agree
# is a mistake in this list.
INTENDED = json.loads((HERE / "intended.json").read_text())

# What rests on the machine on which ansible-playbook ran.
ELSEWHERE = ("flow/keywords/numbers_as_text", "flow/keywords/templates",
             "flow/when/membership_and_tests")

# What is measured, or is another one's words for the same.
VARYING = re.compile(r'"(delta|start|end|invocation|mtime|ctime|atime)": '
                     r'"[^"]*"')


def as_play(case):
    play = {"hosts": "localhost", "gather_facts": False}
    play.update({k: case[k] for k in PLAY_KEYWORDS if k in case})
    files = dict(case.get("files", {}))
    files["site.yml"] = [play]
    args = ["-e", json.dumps({"dir": "DIR/out", **case.get("extra_vars", {})})]
    for key, option in (("run_tags", "--tags"), ("skip_tags", "--skip-tags")):
        if key in case:
            args += [option, ",".join(case[key])]
    if case.get("check"):
        args.append("--check")
    return {"files": files, "args": args}


def load_cases(only):
    cases = {}

    def add(name, case):
        if name in cases:
            sys.exit(f"the case {name} is there twice")
        if not only or any(word in name for word in only):
            cases[name] = case

    for path in sorted((HERE / "cases").glob("*.yml")):
        for case in yaml.safe_load(path.read_text()):
            add(f"{path.stem}/{case.pop('case')}", case)
    for path in sorted(CONTROL_FLOW.glob("*.yml")):
        # Ansible keeps its jobs in the home of whoever runs it.
        if path.stem == "async":
            continue
        for case in yaml.safe_load(path.read_text()):
            name = f"flow/{path.stem}/{case.pop('case')}"
            if name not in ELSEWHERE:
                add(name, as_play(case))
    return cases


def run(case, folder, command, environment):
    for name, content in case.get("files", {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str):
            content = yaml.safe_dump(content, sort_keys=False)
        path.write_text(content)
        if content.startswith("#!"):
            path.chmod(0o755)
    (folder / "out").mkdir(exist_ok=True)
    args = [x.replace("DIR", str(folder)) for x in case.get("args", [])]
    if not any(x.endswith(".yml") and "/" not in x for x in args):
        args.append("site.yml")
    done = subprocess.run(
        [*command, *args], cwd=folder, text=True, capture_output=True,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "HOME": str(folder),
             "LC_ALL": "C.UTF-8", **environment})
    text = VARYING.sub(r'"\1": ""', done.stdout.replace(str(folder), "DIR"))
    lines = text.split("\n")
    if case.get("any_order"):
        lines = sorted({"\n".join(each) for each in units(lines)})
    return {"rc": done.returncode, "out": lines,
            "err": done.stderr.replace(str(folder), "DIR")}


def run_all(cases, command, environment, workers):
    base = pathlib.Path(tempfile.mkdtemp(prefix="playbooks-"))
    try:
        def one(entry):
            number, (name, case) = entry
            folder = base / f"{number:04}"
            folder.mkdir()
            return name, run(case, folder, command, environment)
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return dict(pool.map(one, enumerate(cases.items())))
    finally:
        shutil.rmtree(base, ignore_errors=True)


def write(cases, workers):
    got = run_all(cases, ["ansible-playbook"], {
        "ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
        "ANSIBLE_PIPELINING": "1"}, workers)
    known = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
    for each in got.values():
        each.pop("err")
        each["out"] = essence(each["out"])
    known.update(got)
    current = load_cases([])
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(known[k])}"
                       for k in sorted(known) if k in current)
    EXPECTED.write_text("{\n" + lines + "\n}\n")
    print(f"{len(got)} cases written")


STATUS = re.compile(r"(ok|changed|skipping|fatal|failed): \[([^]]*)\]")


def units(lines):
    """What belongs together: a status with all that it shows."""
    out = []
    inside = False
    for line in lines:
        if inside or (line == "...ignoring" and out):
            out[-1].append(line)
            inside = inside and line != "}"
        else:
            out.append([line])
            inside = bool(STATUS.match(line)) and line.endswith("=> {")
    return out


def by_host(lines):
    """Hosts that come to a task together end it in any order."""
    out = []
    together = []
    for each in units(lines) + [[""]]:
        status = STATUS.match(each[0])
        if status:
            together.append((status.group(2).split(" -> ")[0], each))
            continue
        together.sort(key=lambda x: x[0])
        out += [line for _, unit in together for line in unit]
        together = []
        out += each
    return out[:-1]


def essence(lines):
    """Headings, statuses, what debug printed, the recap: without the words of
    failures, what was retried, and where inclusions are told."""
    out = []
    inside = False
    for line in lines:
        # What a failure says in several lines.
        if inside:
            inside = line != "}"
            continue
        inside = line.startswith("fatal: ") and line.endswith("=> {")
        if line.startswith(("FAILED - RETRYING", "included: ",
                            "An exception occurred")):
            continue
        if line.startswith(("fatal: ", "failed: ")):
            line = line.split(" => ")[0]
        if line:
            out.append(line)
    return out


def differences(expected, got):
    lines = []
    if expected["rc"] != got["rc"]:
        lines.append(f"code: expected {expected['rc']}, got {got['rc']}: "
                     f"{got['err'][-600:]}")
    want, have = (by_host(essence(x["out"])) for x in (expected, got))
    if want != have:
        for a, b in zip(want + [None] * len(have),
                        have + [None] * len(want)):
            if a != b:
                lines += [f"expected {a}", f"     got {b}"]
                break
    return lines


def compare(cases, troupe, workers):
    expected = json.loads(EXPECTED.read_text())
    with tempfile.TemporaryDirectory() as folder:
        name = pathlib.Path(folder, "ansible-playbook")
        name.symlink_to(pathlib.Path(troupe).resolve())
        got = run_all(cases, [str(name)], {}, workers)
    return verdicts.tell(cases, expected, got, INTENDED, differences)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--troupe", help="the binary to compare")
    options.add_argument("--write", action="store_true",
                         help="write expected.json from ansible-playbook")
    options.add_argument("--workers", type=int, default=2)
    verdicts.add_sample(options)
    options.add_argument("only", nargs="*", help="words in names of cases")
    given = options.parse_args()
    cases = {name: case for name, case in load_cases(given.only).items()
             if verdicts.sampled(name, given.every)}
    if given.write:
        write(cases, given.workers)
        return 0
    return compare(cases, given.troupe, given.workers)


if __name__ == "__main__":
    sys.exit(main())
