#!/usr/bin/env python3
"""Does to runs what may happen to them, at many points, goes on with them and
compares the end with an undisturbed run. What is done, by row of the table of
faults, stands in docs/faults.md.
"""

import argparse
import collections
import os
import random
import shutil
import subprocess
import sys
import tempfile

import kill_loop
import large
import machine_faults
import run_faults
import sweep
from courses import COURSES
from rows import ROWS, check_rows


class Tally:
    """Counts the faults and what was wrong after them, by row."""

    def __init__(self):
        self.done = collections.Counter()
        self.violations = collections.Counter()
        self.impossible = {}

    def note(self, row, name, trouble, where="", injected=1):
        self.done[row] += injected
        if trouble:
            self.violations[row] += 1
            print("row %s, %s %s:\n    %s" %
                  (row, name, where, "\n    ".join(trouble[:6])), flush=True)

    def table(self):
        print("| row | fault | injected | violations | also shown by |\n"
              "|---|---|---|---|---|")
        for row, (fault, tests) in ROWS.items():
            shown = "; ".join(tests)
            if row in self.impossible:
                shown = "not all of it here: %s; %s" % (self.impossible[row], shown)
            count = self.done[row] if self.done[row] else "-"
            wrong = self.violations[row] if self.done[row] else "-"
            print("| %s | %s | %s | %s | %s |" %
                  (row, fault, count, wrong, shown.strip("; ")))
        print("%d faults, %d violations" %
              (self.done.total(), self.violations.total()))


def situations(arena, tally, only):
    for row, fault in machine_faults.FAULTS + run_faults.FAULTS:
        if only not in (None, str(row)):
            continue
        try:
            for name, trouble in fault(arena):
                tally.note(row, name, trouble)
        except machine_faults.Impossible as why:
            tally.impossible[row] = str(why)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--troupe", required=True)
    parser.add_argument("--full", action="store_true",
                        help="every point instead of a sample")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--errors", type=int, default=100)
    parser.add_argument("--tasks", type=int, default=2000,
                        help="of the large plan")
    parser.add_argument("--large", action="store_true",
                        help="100,000 tasks in the large plan")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--loop", type=int, metavar="KILLS",
                        help="kills at random times and calls (20; 500 with "
                        "--full)")
    parser.add_argument("--scene", type=int,
                        help="this one of the kill loop alone")
    parser.add_argument("--only",
                        help="kill, error, kill-loop, large, or a row")
    parser.add_argument("--course", choices=[each.name for each in COURSES],
                        help="only this way of a run")
    parser.add_argument("--durable", action="store_true",
                        help="with the setting of that name")
    arguments = parser.parse_args()
    arguments.troupe = os.path.abspath(arguments.troupe)
    if arguments.large:
        arguments.tasks = 100000
    if arguments.loop is None:
        arguments.loop = 500 if arguments.full else 20
    if arguments.scene is not None:
        arguments.only = "kill-loop"
    if arguments.durable:
        os.environ["TROUPE_DURABLE"] = "true"
    if arguments.seed is None:
        arguments.seed = random.randrange(1 << 30)
    return arguments


def need_strace():
    try:
        probe = subprocess.run(["strace", "-o", "/dev/null", "true"],
                               capture_output=True, text=True)
        trouble = probe.stderr.strip() if probe.returncode != 0 else None
    except FileNotFoundError:
        trouble = "it is not installed"
    if trouble is not None:
        print("skipped: strace cannot trace here: " + trouble)
        sys.exit(77)


def main():
    arguments = read_arguments()
    check_rows()
    need_strace()
    print("seed %d" % arguments.seed, flush=True)
    base = tempfile.mkdtemp(prefix="troupe-fault-")
    os.chmod(base, 0o755)
    tally = Tally()
    try:
        arena = argparse.Namespace(troupe=arguments.troupe, base=base)
        if arguments.only in (None, "kill", "error"):
            sweep.sweep(arguments, arena, random.Random(arguments.seed), tally)
        if arguments.only in (None, "kill-loop") and arguments.course is None:
            kill_loop.run(arena, arguments.loop, arguments.seed, tally,
                          arguments.scene)
        if arguments.only not in ("kill", "error", "kill-loop", "large") \
                and arguments.course is None:
            arena.clean = COURSES[0].undisturbed(arena)
            situations(arena, tally, arguments.only)
        if arguments.only in (None, "large") and arguments.course is None:
            large.run(arena, arguments.tasks, random.Random(arguments.seed),
                      tally)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    tally.table()
    sys.exit(1 if tally.violations else 0)


if __name__ == "__main__":
    main()
