#!/usr/bin/env python3
"""Kills a run, or makes its system calls fail, at many points; goes on with it
and compares the end with an undisturbed run.

Every point is one system call of the runner (its children excepted): the N-th
write, the N-th rename, ... of one of its threads, as strace counts them.
"""

import argparse
import collections
import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PLAN = os.path.join(HERE, "plan.json")
KILL_AT = ["write", "pwritev", "openat", "rename", "vfork", "clone3", "close",
           "ftruncate", "mkdir", "unlink", "link", "symlink", "chmod",
           "fchmod", "fchmodat", "fdatasync", "fsync", "pipe2", "wait4",
           "unlinkat", "flock", "read", "utimensat"]
FAIL_AT = [("pwritev", "ENOSPC"), ("pwritev", "EIO"), ("write", "ENOSPC"),
           ("write", "EIO"), ("openat", "EMFILE"), ("openat", "ENOSPC"),
           ("rename", "EIO"), ("rename", "ENOSPC"), ("pipe2", "EMFILE"),
           ("vfork", "EAGAIN"), ("vfork", "ENOMEM"), ("clone3", "EAGAIN"),
           ("mkdir", "ENOSPC"), ("fchmod", "EROFS"), ("link", "EMLINK"),
           ("fdatasync", "EIO"), ("fsync", "EIO")]
# Every way a run may end; none of them is a crash.
CODES = {0, 2, 4, 5, 6, 7, 8}


class Scene:
    """The folders of one run: what it changes, and its state."""

    def __init__(self, troupe, base):
        self.troupe = troupe
        self.dir = tempfile.mkdtemp(dir=base)
        self.root = os.path.join(self.dir, "root")
        self.state = os.path.join(self.dir, "state")
        os.makedirs(os.path.join(self.root, "old_tree", "below"))
        for name in ("replaced", "backed_up", "old_tree/below/leaf"):
            with open(os.path.join(self.root, name), "w") as out:
                out.write("old\n")

    def call(self, arguments, tracing=None):
        """Runs troupe, with `tracing` under strace with these options."""
        command = [self.troupe] + arguments + ["--state-dir", self.state]
        if tracing:
            command = ["strace", "-f", "-b", "execve", "-o",
                       self.trace] + tracing + command
        path = os.path.join(HERE, "..", "plans", "bin")
        environment = dict(os.environ, TROUPE_TEST_DIR=self.dir,
                           PATH=path + ":" + os.environ["PATH"])
        try:
            return subprocess.run(command, env=environment, text=True,
                                  errors="replace", stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=60)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, "hangs", "", "")

    def run(self, tracing=None):
        return self.call(["run", PLAN, "-e", "root=" + self.root, "-q",
                          "--report", self.report], tracing)

    def inject(self, name, what, number):
        """A run whose system call `name` goes wrong at this place."""
        return self.run(["-e", "trace=" + name, "-e", "inject=%s:%s:when=%d" %
                         (name, what, number)])

    def resume(self, *options):
        return self.call(["resume", "-q", "--report", self.report] +
                         list(options))

    @property
    def report(self):
        return os.path.join(self.dir, "report.json")

    @property
    def trace(self):
        return os.path.join(self.dir, "strace")

    def newest(self):
        """What the journal of the newest run says; None when there is none."""
        listed = self.call(["runs", "--json"])
        runs = [json.loads(line) for line in listed.stdout.splitlines()]
        if not runs:
            return None
        shown = self.call(["runs", runs[-1]["run"], "--json"])
        return json.loads(shown.stdout) if shown.returncode == 0 else None

    def results(self):
        """Status and changed of each task, from the report; when the run died
        before it wrote one, from the journal."""
        if os.path.exists(self.report):
            with open(self.report) as text:
                found = json.load(text)
        else:
            found = self.newest()
        return {task["id"]: (task["status"], task["changed"])
                for task in found["tasks"]}

    def executions(self):
        try:
            with open(os.path.join(self.root, "log")) as text:
                return collections.Counter(text.read().split())
        except FileNotFoundError:
            return collections.Counter()

    def files(self):
        """Path -> kind, mode and content of all but the log."""
        out = {}
        for folder, folders, names in os.walk(self.root):
            for name in folders + names:
                path = os.path.join(folder, name)
                short = os.path.relpath(path, self.root)
                if short == "log":
                    continue
                info = os.lstat(path)
                what = [stat.S_IFMT(info.st_mode)]
                if stat.S_ISLNK(info.st_mode):
                    what.append(os.readlink(path))
                else:
                    what.append(oct(info.st_mode & 0o7777))
                if stat.S_ISREG(info.st_mode):
                    with open(path, errors="replace") as text:
                        content = text.read()
                    what.append(content.replace(self.dir, "DIR"))
                out[short] = tuple(what)
        return out

    def leftovers(self):
        """Temporary files that nobody needs any more."""
        out = []
        for folder, folders, names in os.walk(self.dir):
            for name in names + folders:
                if ".troupe-" in name or name.endswith(".tmp"):
                    out.append(os.path.join(folder, name))
        return out

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def bare(task):
    """The id that a plan gives: without the prefix and count of handlers."""
    return re.sub("#[0-9]+$", "", task.replace("handler:", ""))


def differences(clean, scene, excused):
    """What differs from the undisturbed run, in words. The tasks in `excused`
    may have run once more, and may tell another `changed`."""
    out = []
    excused = {bare(each) for each in excused}
    results = scene.results()
    for name, wanted in clean["results"].items():
        got = results.get(name)
        # Flushes are done again instead of being written down.
        if got is None and name != "flush":
            out.append("task %s has no result" % name)
        elif got is not None and (
                got[0] != wanted[0] or
                (got != wanted and bare(name) not in excused)):
            out.append("task %s is %s, expected %s" % (name, got, wanted))
    wanted, got = clean["files"], scene.files()
    for path in sorted(set(wanted) | set(got)):
        if wanted.get(path) != got.get(path):
            out.append("%s is %.80r, expected %.80r" %
                       (path, got.get(path), wanted.get(path)))
    counts = scene.executions()
    for word, wanted in clean["executions"].items():
        extra = counts[word] - wanted
        if extra < 0:
            out.append("%s was lost" % word)
        if extra > 0 and word.split("-")[0] not in excused:
            out.append("%s ran %d times too often and nobody said so" %
                       (word, extra))
    out += ["%s was left behind" % path for path in scene.leftovers()]
    return out


def finish(scene, *options):
    """Goes on until the run has ended well. The tasks that were unknown, and
    what went wrong."""
    unknown = set()
    for _ in range(4):
        now = scene.newest()
        if now is None:
            # It died before there was a journal.
            done = scene.run()
        elif now["state"] == "ok":
            return unknown, None
        else:
            unknown |= set(now["unknown"])
            done = scene.resume("--on-unknown", "rerun", *options)
        if done.returncode == 0:
            return unknown, None
    return unknown, "does not end: %s %s" % (done.returncode, done.stderr)


def kill_point(scene, clean, name, number):
    first = scene.inject(name, "signal=KILL", number)
    if first.returncode == 0:
        return None, []
    unknown, trouble = finish(scene)
    return True, [trouble] if trouble else differences(clean, scene, unknown)


def error_point(scene, clean, name, number, error):
    before = scene.files()
    first = scene.inject(name, "error=" + error, number)
    with open(scene.trace, errors="replace") as text:
        if "(INJECTED)" not in text.read():
            return None, []
    trouble = []
    if first.returncode not in CODES:
        trouble.append("ended with %s: %.300s" %
                       (first.returncode, first.stderr))
    if first.returncode != 0 and not first.stderr.strip():
        trouble.append("failed without a word")
    for path, what in scene.files().items():
        old, new = before.get(path), clean["files"].get(path)
        if stat.S_ISREG(what[0]) and what[2] not in (
                old[2] if old else None, new[2] if new else None):
            trouble.append("%s is neither old nor new: %.60r" % (path, what))
    if first.returncode == 0:
        return True, trouble + differences(clean, scene, set())
    # A task that failed is asked to run again.
    failed = set()
    if os.path.exists(scene.report):
        failed = {name for name, (status, _) in scene.results().items()
                  if status == "failed" and
                  clean["results"].get(name, ("",))[0] != "failed"}
        os.unlink(scene.report)
    unknown, more = finish(scene, "--rerun-failed")
    if more:
        return True, trouble + [more]
    return True, trouble + differences(clean, scene, failed | unknown)


def calls_of(scene, names):
    """How often each system call is made by one thread at most."""
    scene.run(["-e", "trace=" + ",".join(names)])
    counts = collections.Counter()
    with open(scene.trace, errors="replace") as text:
        for line in text:
            found = re.match(r"(\d+) +(\w+)\(", line)
            if found:
                counts[found.groups()] += 1
    most = collections.Counter()
    for (_, name), count in counts.items():
        most[name] = max(most[name], count)
    return most


def undisturbed(arguments, base):
    scene = Scene(arguments.troupe, base)
    done = scene.run()
    if done.returncode != 0:
        sys.exit("the undisturbed run fails: " + done.stderr)
    clean = {"results": scene.results(), "files": scene.files(),
             "executions": scene.executions()}
    scene.close()
    scene = Scene(arguments.troupe, base)
    most = calls_of(scene, sorted(set(KILL_AT) | {x for x, _ in FAIL_AT}))
    scene.close()
    return clean, most


def points(most, arguments, picker):
    kills = [("kill", name, n, None) for name in KILL_AT
             for n in range(1, most[name] + 1)]
    errors = [("error", name, n, error) for name, error in FAIL_AT
              for n in range(1, most[name] + 1)]
    if not arguments.full:
        kills = picker.sample(kills, min(arguments.kills, len(kills)))
        errors = picker.sample(errors, min(arguments.errors, len(errors)))
    return kills + errors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--troupe", required=True)
    parser.add_argument("--full", action="store_true",
                        help="every point instead of a sample")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--errors", type=int, default=100)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", help="one kind: kill or error")
    parser.add_argument("--durable", action="store_true",
                        help="with the setting of that name")
    arguments = parser.parse_args()
    arguments.troupe = os.path.abspath(arguments.troupe)
    if arguments.durable:
        os.environ["TROUPE_DURABLE"] = "true"
    seed = arguments.seed if arguments.seed is not None \
        else random.randrange(1 << 30)
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"],
                           capture_output=True)
    if probe.returncode != 0:
        print("skipped: strace cannot trace here: %s" %
              probe.stderr.decode().strip())
        sys.exit(77)
    base = tempfile.mkdtemp(prefix="troupe-fault-")
    clean, most = undisturbed(arguments, base)
    done = collections.Counter()
    violations = collections.Counter()
    for kind, name, number, error in points(most, arguments,
                                            random.Random(seed)):
        if arguments.only not in (None, kind):
            continue
        scene = Scene(arguments.troupe, base)
        hit, trouble = (kill_point(scene, clean, name, number)
                        if kind == "kill" else
                        error_point(scene, clean, name, number, error))
        scene.close()
        if not hit:
            continue
        row = "%s %s" % (error or "kill", name)
        done[row] += 1
        if trouble:
            violations[row] += 1
            print("%s at %s %d%s:\n    %s" %
                  (kind, name, number, " " + error if error else "",
                   "\n    ".join(trouble[:6])), flush=True)
    shutil.rmtree(base, ignore_errors=True)
    print("| fault | points | violations |\n|---|---|---|")
    for row in sorted(done):
        print("| %s | %d | %d |" % (row, done[row], violations[row]))
    print("%d points, %d violations (seed %d)" %
          (sum(done.values()), sum(violations.values()), seed))
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
