#!/usr/bin/env python3
"""Measures troupe against what this machine can do at best.

Every workload runs several times; the bare loop it is compared with (limits.cpp)
runs right before each of them, so that both see the same load. Medians are
shown; quote ratios, not times: machines differ and are noisy.

    bench.py --troupe build/troupe --limits build/tests/limits
    bench.py ... --only W1,W3 --runs 9 --dir /dev/shm --json result.json
"""

import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import language

MB = 1024
# What the template of W4 prints.
VARIABLES = {**{f"v{k}": f"value-of-variable-{k}" for k in range(10)},
             "items": [f"item-{k}" for k in range(10)]}
FLAKY = """#!/bin/sh
# Fails twice for each id, then succeeds: flaky ID FOLDER
f="$2/flaky.$1"
if [ -e "$f.2" ]; then rm -f "$f.1" "$f.2"; exit 0; fi
if [ -e "$f.1" ]; then : > "$f.2"; else : > "$f.1"; fi
exit 1
"""


def content(i):
    return "".join(
        f"line {k} of file {i}: the quick brown fox jumps over the lazy dog\n"
        for k in range(5))


def template():
    """Fifty lines: ten variables, each used four times, and a loop."""
    lines = ["# managed file {{ idx }}"]
    for s in range(4):
        lines.append(f"[section{s}]")
        lines += [f"option_{s}_{k} = {{{{ v{k} }}}}" for k in range(10)]
    lines += ["[list]", "{% for it in items %}",
              "entry {{ loop.index }} = {{ it }}", "{% endfor %}", "# end"]
    return "\n".join(lines) + "\n"


class Bench:
    def __init__(self, troupe, limits, folder):
        self.troupe = os.path.abspath(troupe)
        self.limits = os.path.abspath(limits)
        self.folder = folder
        self.work = f"{folder}/work"
        self.bare = f"{folder}/bare"
        self.write("t.j2", template())
        self.write("flaky", FLAKY)
        os.chmod(f"{folder}/flaky", 0o755)

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def plan(self, name, tasks, **more):
        return self.write(f"{name}.json", json.dumps({"name": name, **more,
                                                      "tasks": tasks}))

    def clean(self):
        for each in (self.work, self.bare):
            shutil.rmtree(each, ignore_errors=True)
            os.makedirs(each)

    def limit(self, *args):
        """Seconds of a bare loop."""
        ran = subprocess.run([self.limits, *map(str, args)], check=True,
                             stdout=subprocess.PIPE)
        return json.loads(ran.stdout)["seconds"]

    def engine(self, *args, durable=False):
        """Seconds and peak memory of one call of troupe."""
        environment = dict(os.environ, TROUPE_STATE_DIR=f"{self.folder}/state")
        if durable:
            environment["TROUPE_DURABLE"] = "true"
        # Started by the small `limits`: a child of this program would be
        # charged with the memory of Python.
        with open(f"{self.folder}/out", "wb") as out:
            ran = subprocess.run([self.limits, "measure", self.troupe, *args],
                                 stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.PIPE, env=environment)
        lines = ran.stderr.decode(errors="replace").strip().splitlines()
        got = json.loads(lines[-1]) if lines else {"rc": ran.returncode}
        if got["rc"] != 0:
            print("\n".join(lines[:-1][-10:]), file=sys.stderr)
            raise SystemExit(f"bench: troupe {' '.join(args)} ended with "
                             f"{got['rc']}")
        return got

    def run(self, plan, *options, output="quiet", durable=False):
        return self.engine("run", plan, "--output", output, *options,
                           durable=durable)


    def opening(self, plan, records):
        """Seconds until a run that was killed after so many bytes of its
        journal is about to go on. Nothing of it is left."""
        state = tempfile.mkdtemp(prefix="state-", dir=self.folder)
        environment = dict(os.environ, TROUPE_STATE_DIR=state)

        def start(*args):
            return subprocess.Popen(
                [self.troupe, *args, "--output", "quiet"], env=environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

        def kill(process):
            process.kill()
            process.communicate()

        run = start("run", plan)
        while sum(os.path.getsize(x)
                  for x in glob.glob(f"{state}/runs/*/journal")) < records:
            if run.poll() is not None:
                raise SystemExit("bench: the run ended before it was killed: "
                                 + run.stderr.read())
            time.sleep(0.01)
        kill(run)
        begin = time.monotonic()
        resumed = start("resume")
        line = resumed.stderr.readline()
        seconds = time.monotonic() - begin
        if "going on with run" not in line:
            raise SystemExit("bench: resume says: " + line)
        with open(f"/proc/{resumed.pid}/status", encoding="utf-8") as status:
            peak = next(int(x.split()[1]) for x in status
                        if x.startswith("VmHWM"))
        kill(resumed)
        shutil.rmtree(state)
        return {"seconds": seconds, "peak_kb": peak}


class Row:
    """One line of the table: what is measured, its limit and its aim."""

    def __init__(self, key, title, tasks, measure, limit=None, prepare=None,
                 seconds=None, ratio=None, per_task=None, peak=None,
                 beyond=None):
        self.key = key
        self.title = title
        self.tasks = tasks
        self.measure = measure
        self.limit = limit
        self.prepare = prepare
        # The aims; any of them may be absent.
        self.seconds = seconds
        self.ratio = ratio
        self.per_task = per_task
        self.peak = peak
        # Seconds a task may take beyond the limit.
        self.beyond = beyond
        self.results = []
        self.limits = []

    def once(self):
        if self.prepare:
            self.prepare()
        if self.limit:
            self.limits.append(self.limit())
        self.results.append(self.measure())

    def aim(self):
        parts = []
        if self.seconds:
            parts.append(f"{shown(self.seconds)}")
        if self.ratio:
            parts.append(f"{self.ratio} x limit")
        if self.per_task:
            parts.append(f"{shown(self.per_task)}/task")
        if self.beyond:
            parts.append(f"limit + {shown(self.beyond)}/task")
        if self.peak:
            parts.append(f"{self.peak} MB")
        return ", ".join(parts) or "-"

    def summary(self):
        wall = statistics.median(x["seconds"] for x in self.results)
        cpu = statistics.median(x.get("cpu", 0) for x in self.results)
        peak = max(x["peak_kb"] for x in self.results) / MB
        limit = statistics.median(self.limits) if self.limits else None
        over = [self.seconds and wall > self.seconds,
                self.ratio and wall > self.ratio * limit,
                self.per_task and wall / self.tasks > self.per_task,
                self.beyond
                and wall > limit + self.beyond * self.tasks,
                self.peak and peak > self.peak]
        aimed = (self.seconds or self.ratio or self.per_task or self.peak
                 or self.beyond)
        return {"workload": self.key, "title": self.title,
                "tasks": self.tasks, "runs": len(self.results),
                "seconds": wall,
                "all_seconds": [x["seconds"] for x in self.results],
                "per_task": wall / self.tasks if self.tasks else None,
                "cpu": cpu, "limit": limit,
                "ratio": wall / limit if limit else None,
                "aim": self.aim(), "peak_mb": round(peak, 1),
                "verdict": "-" if not aimed else "over" if any(over)
                else "ok"}


def shown(seconds):
    if seconds is None:
        return "-"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} us"
    if seconds < 1:
        return f"{seconds * 1e3:.1f} ms"
    return f"{seconds:.2f} s"


def installed_packages(most):
    """Names of Debian packages that are installed here; none elsewhere."""
    try:
        with open("/var/lib/dpkg/status", encoding="utf-8",
                  errors="replace") as status:
            paragraphs = status.read().split("\n\n")
    except OSError:
        return []
    names = [x.split("\n", 1)[0].removeprefix("Package: ") for x in paragraphs
             if "\nStatus: install ok installed\n" in x]
    # One that is there for two architectures is asked for by both.
    return [x for x in names if names.count(x) == 1][:most]


def again(b, plan):
    """Seconds of a run that changes nothing any more."""
    b.run(plan)
    return b.run(plan)["seconds"]


def rows(b):
    command = {"module": "command", "args": {"argv": ["/bin/true"]}}

    def commands(n, **more):
        return [{"id": f"t{i}", **command, **more} for i in range(n)]

    def chain(n):
        return [{"id": f"t{i}", **command,
                 "dependencies": [f"t{i - 1}"] if i else []}
                for i in range(n)]

    def fan(n):
        return [{"id": f"t{i}", **command,
                 "dependencies": ["t0"] if i else []} for i in range(n)]

    def spawn(n, at_once, *program):
        return b.limit("spawn", n, at_once, *program)

    def flaky_loop():
        return sum(spawn(100, 1, f"{b.folder}/flaky", "{}", b.bare)
                   for _ in range(3))

    files = [{"id": f"t{i}", "module": "copy",
              "args": {"dest": f"{b.work}/f{i}", "content": content(i),
                       "mode": "0640"}} for i in range(1000)]
    templates = [{"id": f"t{i}", "module": "template", "vars": {"idx": i},
                  "args": {"src": f"{b.folder}/t.j2",
                           "dest": f"{b.work}/t{i}", "mode": "0640"}}
                 for i in range(1000)]

    def lines(n):
        return [{"id": f"t{i}", "module": "lineinfile",
                 "args": {"path": f"{b.work}/lines-{n}", "create": True,
                          "regexp": f"^key_{i}=",
                          "line": f"key_{i}=the value of line {i}"}}
                for i in range(n)]

    first = {"id": "first", **command, "register": "r"}
    flaky = [{"id": f"t{i}", "module": "command",
              "args": {"argv": [f"{b.folder}/flaky", str(i), b.work]},
              "register": f"x{i}", "until": f"x{i}.rc == 0", "retries": 3,
              "delay": 0} for i in range(100)]

    w0 = b.plan("W0", [])
    w1 = b.plan("W1", commands(1000))
    w1_fan = b.plan("W1-fan", fan(1000))
    w2 = b.plan("W2", chain(1000))
    w2_long = b.plan("W2-long", chain(10000))
    w3 = b.plan("W3", files)
    w4 = b.plan("W4", templates, vars=VARIABLES)
    w5 = b.plan("W5", lines(1000))
    w5_half = b.plan("W5-half", lines(500))
    packages = [{"id": f"t{i}", "module": "apt", "args": {"name": name}}
                for i, name in enumerate(installed_packages(100))]
    w5_apt = b.plan("W5-apt", packages)
    w7 = b.plan("W7", [{"id": f"t{i}", "module": "debug",
                        "args": {"msg": f"message {i}"}}
                       for i in range(10000)])
    w8 = b.plan("W8", [first] + commands(1000, when="r.rc == 0"))
    w8s = b.plan("W8s", [first] + commands(1000, when="r.rc != 0"))
    w9 = b.plan("W9", flaky)

    return [
        Row("W0", "empty plan", 0, lambda: b.run(w0),
            limit=lambda: spawn(100, 1) / 100, seconds=0.010, peak=20),
        Row("W1", "1,000 commands in order", 1000,
            lambda: b.run(w1, "--sequential"), limit=lambda: spawn(1000, 1),
            ratio=1.2, peak=40),
        Row("W1", "1,000 commands, 2 at once", 1000,
            lambda: b.run(w1_fan, "--parallel", "2"),
            limit=lambda: spawn(1000, 2), ratio=1.2, peak=40),
        Row("W2", "chain of 1,000 commands", 1000, lambda: b.run(w2),
            limit=lambda: spawn(1000, 1), ratio=1.2, peak=40),
        Row("W2", "chain of 10,000 commands", 10000, lambda: b.run(w2_long),
            limit=lambda: 10 * spawn(1000, 1), ratio=1.2, peak=100),
        Row("W3", "1,000 files, first", 1000, lambda: b.run(w3),
            prepare=b.clean, limit=lambda: b.limit("write", 1000, b.bare),
            ratio=2.5, peak=40),
        # Follows the row before it: its files are there.
        Row("W3", "1,000 files, again", 1000, lambda: b.run(w3),
            limit=lambda: b.limit("check", 1000, b.bare), beyond=50e-6,
            peak=40),
        Row("W4", "1,000 templates, first", 1000, lambda: b.run(w4),
            prepare=b.clean, limit=lambda: b.limit("write", 1000, b.bare),
            seconds=0.5, peak=40),
        Row("W4", "1,000 templates, again", 1000, lambda: b.run(w4),
            limit=lambda: b.limit("check", 1000, b.bare), seconds=0.2,
            peak=40),
        Row("W5", "1,000 lines in one file, first", 1000, lambda: b.run(w5),
            prepare=b.clean, limit=lambda: b.limit("write", 1000, b.bare),
            peak=40),
        # Twice what half as many take: the file is not gone through anew for
        # each line.
        Row("W5", "1,000 lines in one file, again", 1000, lambda: b.run(w5),
            limit=lambda: 2 * again(b, w5_half), ratio=1.25, peak=40),
        *([Row("W5a", f"{len(packages)} installed packages, apt",
               len(packages), lambda: b.run(w5_apt), seconds=0.05, peak=40)]
          if packages else []),
        Row("W6", "facts", 0, lambda: b.engine("facts"),
            limit=lambda: b.limit("facts", 10) / 10, ratio=10,
            seconds=0.020, peak=20),
        Row("W7", "10,000 debug, quiet", 10000, lambda: b.run(w7),
            per_task=50e-6, peak=100),
        Row("W7", "10,000 debug, text", 10000,
            lambda: b.run(w7, output="text"), per_task=50e-6, peak=100),
        Row("W8", "1,000 commands, when true", 1001, lambda: b.run(w8),
            limit=lambda: spawn(1001, 1), ratio=1.2, peak=40),
        Row("W8s", "1,000 commands, skipped", 1001, lambda: b.run(w8s),
            per_task=50e-6, peak=40),
        Row("W9", "100 tasks, third attempt", 100, lambda: b.run(w9),
            prepare=b.clean, limit=flaky_loop, ratio=1.5, peak=40),
        # What the journal costs, and what waiting for the disk costs.
        Row("J1", "W1 without a journal", 1000,
            lambda: b.run(w1, "--sequential", "--no-state")),
        Row("J1", "W1 durable", 1000,
            lambda: b.run(w1, "--sequential", durable=True)),
        Row("J3", "W3 first, without a journal", 1000,
            lambda: b.run(w3, "--no-state"), prepare=b.clean),
        Row("J3", "W3 first, durable", 1000,
            lambda: b.run(w3, durable=True), prepare=b.clean),
        Row("J7", "W7 without a journal", 10000,
            lambda: b.run(w7, "--no-state")),
    ]


def large_rows(b):
    """A million tasks: a list, a thousand chains, and going on half-way."""
    count = 1_000_000
    debug = {"module": "debug", "args": {"msg": "hello"}}
    flat = b.plan("M", [{"id": f"t{i}", **debug} for i in range(count)])
    chains = b.plan("M-chains", [
        {"id": f"t{i}", **debug,
         "dependencies": [f"t{i - 1}"] if i % 1000 else []}
        for i in range(count)])
    half = 67_000_000
    return [
        Row("M", "1,000,000 debug, list", count, lambda: b.run(flat),
            seconds=60, peak=100),
        Row("M", "1,000 chains of 1,000 debug", count,
            lambda: b.run(chains), seconds=60, peak=100),
        Row("M", "half of the list: resume opens", 0,
            lambda: b.opening(flat, half), seconds=5, peak=100),
        Row("M", "half of the chains: resume opens", 0,
            lambda: b.opening(chains, half), seconds=5, peak=100),
    ]


def print_table(found):
    head = ["", "workload", "measured", "CPU", "per task", "limit", "ratio",
            "aim",
            "peak", ""]
    lines = [head]
    for x in found:
        lines.append([
            x["workload"], x["title"], shown(x["seconds"]),
            shown(x["cpu"] or None), shown(x["per_task"]), shown(x["limit"]),
            f"{x['ratio']:.2f}" if x["ratio"] else "-", x["aim"],
            f"{x['peak_mb']:.1f} MB", x["verdict"]])
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for number, line in enumerate(lines):
        print("| " + " | ".join(
            cell.ljust(w) if i in (0, 1, 7, 9) else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(line, widths))) + " |")
        if number == 0:
            print("|" + "|".join("-" * (w + 2) for w in widths) + "|")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--troupe", required=True, help="the program")
    parser.add_argument("--limits", required=True, help="the bare loops")
    parser.add_argument("--language", help="the program that measures the "
                        "language (row L)")
    parser.add_argument("--runs", type=int, default=5,
                        help="how often each is measured (default 5)")
    parser.add_argument("--only", default="",
                        help="workloads, such as W1,W3; L: the language; M: "
                        "a million tasks (default all but M)")
    parser.add_argument("--dir", default="/var/tmp",
                        help="where files are written; /dev/shm leaves the "
                        "disk out (default /var/tmp)")
    parser.add_argument("--json", help="also write the results to this file")
    given = parser.parse_args()

    compared = None
    folder = tempfile.mkdtemp(prefix="troupe-bench-", dir=given.dir)
    try:
        b = Bench(given.troupe, given.limits, folder)
        b.clean()
        wanted = {x.strip().upper() for x in given.only.split(",") if x.strip()}
        chosen = [r for r in rows(b) if not wanted or r.key.upper() in wanted]
        # Minutes a run: only when asked for.
        if "M" in wanted:
            chosen += large_rows(b)
        if given.language and (not wanted or "L" in wanted):
            own = ("template of W4", template(), {"idx": 7, **VARIABLES})
            compared = language.measure(os.path.abspath(given.language),
                                        folder, [own])
        if not chosen and not compared:
            raise SystemExit(f"bench: no workload is called {given.only}")
        for number in range(max(1, given.runs) if chosen else 0):
            print(f"run {number + 1} of {given.runs}", file=sys.stderr)
            for row in chosen:
                row.once()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = [row.summary() for row in chosen]
    if found:
        print_table(found)
    if compared:
        print("\nThe language against Python's Jinja2:\n")
        language.print_table(*compared)
    if given.json:
        with open(given.json, "w", encoding="utf-8") as out:
            json.dump({"v": 1, "cpus": os.cpu_count(),
                       "kernel": os.uname().release, "rows": found}, out,
                      indent=2)
            out.write("\n")


if __name__ == "__main__":
    main()
