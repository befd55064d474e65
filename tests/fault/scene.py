"""One run of troupe in folders of its own, and what it left there."""

import collections
import json
import os
import re
import select
import shutil
import stat
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# What the engine does itself is done again instead of being written down.
ENGINE = {"meta", "include_tasks", "import_tasks", "async_status"}
# What nobody may see is not on the disk, so that this task runs again when a
# run goes on.
NOT_KEPT = "hidden"
# What the plans hide, and nobody may see.
HIDDEN = "canary-Xk3vP9w8"
TOOLS = os.path.join(HERE, "..", "plans", "bin")
# Every way a run may end; none of them is a crash.
CODES = {0, 2, 4, 5, 6, 7, 8}


class Scene:
    """The folders of one run: what it changes, and its state."""

    def __init__(self, troupe, base, plan="plan.json"):
        """`plan`: a file of this folder, or what is to stand in one."""
        self.troupe = troupe
        self.dir = tempfile.mkdtemp(dir=base)
        os.chmod(self.dir, 0o755)
        self.root = os.path.join(self.dir, "root")
        self.state = os.path.join(self.dir, "state")
        self.prefix = []
        self.environment = {}
        self.said = []
        # Tasks that were called unknown on the way.
        self.reported = set()
        # Tasks that are meant to fail, and failed otherwise than they should.
        self.failed_otherwise = set()
        if isinstance(plan, str):
            self.plan = os.path.join(HERE, plan)
        else:
            self.plan = self.path("plan.json")
            with open(self.plan, "w") as out:
                json.dump(plan, out)
        os.makedirs(os.path.join(self.root, "old_tree", "below"))
        for name in ("replaced", "backed_up", "old_tree/below/leaf"):
            with open(os.path.join(self.root, name), "w") as out:
                out.write("old\n")

    def path(self, name):
        return os.path.join(self.dir, name)

    def command(self, arguments):
        command = self.prefix + [self.troupe] + arguments
        if "--no-state" in arguments or arguments[0] == "facts":
            return command
        return command + ["--state-dir", self.state]

    def surroundings(self):
        return dict(os.environ, TROUPE_TEST_DIR=self.dir,
                    PATH=TOOLS + ":" + os.environ["PATH"], **self.environment)

    def call(self, arguments, timeout=60):
        """Runs troupe and waits for its end."""
        command = self.command(arguments)
        try:
            done = subprocess.run(command, env=self.surroundings(), text=True,
                                  errors="replace", stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=timeout)
            self.said += [done.stdout, done.stderr]
            return done
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, "hangs", "", "")

    def run_arguments(self, *options):
        return ["run", self.plan, "-e", "root=" + self.root, "-q", "--report",
                self.report, *options]

    def run(self, *options, timeout=60):
        return self.call(self.run_arguments(*options), timeout)

    def traced(self, arguments, *tracing, timeout=60):
        """A call under strace with these options; its children are not."""
        self.prefix = ["strace", "-f", "-b", "execve", "-o", self.trace,
                       *tracing]
        try:
            return self.call(arguments, timeout=timeout)
        finally:
            self.prefix = []

    def inject(self, arguments, name, what, number):
        """A call whose system call `name` goes wrong at this place."""
        return self.traced(arguments, "-e", "trace=" + name, "-e",
                           "inject=%s:%s:when=%s" % (name, what, number))

    def resume_arguments(self, *options):
        return ["resume", "-q", "--report", self.report, *options]

    def resume(self, *options, timeout=60):
        return self.call(self.resume_arguments(*options), timeout)

    @property
    def report(self):
        return self.path("report.json")

    @property
    def trace(self):
        return self.path("strace")

    def newest(self):
        """What the journal of the newest run says; None when there is none."""
        listed = self.call(["runs", "--json"])
        runs = [json.loads(line) for line in listed.stdout.splitlines()]
        if not runs:
            return None
        shown = self.call(["runs", runs[-1]["run"], "--json"])
        return json.loads(shown.stdout) if shown.returncode == 0 else None

    def tasks(self):
        """What each task came to, from the report; when the run died before
        it wrote one, from the journal."""
        if os.path.exists(self.report):
            with open(self.report) as text:
                found = json.load(text)
        else:
            found = self.newest() or {"tasks": []}
        return {task["id"]: task for task in found["tasks"]}

    def results(self):
        """Status and changed of each task."""
        return {name: (task["status"], task["changed"])
                for name, task in self.tasks().items()}

    def failures(self):
        """Why each task failed, and which of its items did."""
        return {name: (task.get("error"),
                       sorted(each.get("item", 0)
                              for each in task.get("attempts", [])
                              if each["failed"]))
                for name, task in self.tasks().items()
                if task["status"] in ("failed", "timeout")}

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
            for name in names + folders:
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
        """Temporary files that nobody needs any more. A run that dies when all
        is done leaves its folder of them to the next one."""
        out = []
        own = os.path.join(self.state, "tmp")
        for folder, folders, names in os.walk(self.dir):
            if folder == own:
                folders.clear()
                continue
            for name in names + folders:
                if ".troupe-" in name or name.endswith(".tmp"):
                    out.append(os.path.join(folder, name))
        return out

    def leaks(self):
        """Where the hidden text stands: in what was said, or kept."""
        out = ["it says what was hidden" for text in self.said
               if HIDDEN in text]
        kept = [self.report]
        for folder, _, names in os.walk(self.state):
            kept += [os.path.join(folder, name) for name in names]
        for path in kept:
            if os.path.isfile(path):
                with open(path, "rb") as text:
                    if HIDDEN.encode() in text.read():
                        out.append("%s has what was hidden" % path)
        return out

    def processes(self):
        """Programs of this scene that are still there after ten seconds."""
        end = time.monotonic() + 10
        while True:
            out = [line for line in map(self.own_process, os.listdir("/proc"))
                   if line]
            if not out or time.monotonic() > end:
                return ["%s is still running" % line for line in out]
            select.select([], [], [], 0.01)

    def own_process(self, number):
        """The command line of a process, when it is a task's of this scene."""
        try:
            with open("/proc/%s/cmdline" % number) as text:
                line = text.read().replace("\0", " ")
        except (OSError, ValueError):
            return None
        return line if self.root in line and "--state-dir" not in line else None

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def bare(task):
    """The id that a plan gives: without the prefix and count of handlers, and
    what makes it the id of a job in the background."""
    return re.sub(r"#\d+$|(\.\d+)?\.async$", "", task.replace("handler:", ""))


def words_of(scene, excused):
    """What the tasks with these ids write to the log."""
    # What a file brings in has the id of the task that did before its own.
    out = {bare(each).split(":")[-1] for each in excused}
    out |= {bare(each) for each in excused}
    for task in scene.tasks().values():
        if task["id"] in excused and task["name"].startswith("say "):
            out.add(task["name"][4:])
    return out


def file_differences(clean, scene):
    """What of the files differs from the undisturbed run, in words."""
    out = []
    wanted, got = clean["files"], scene.files()
    for path in sorted(set(wanted) | set(got)):
        if wanted.get(path) != got.get(path):
            out.append("%s is %.80r, expected %.80r" %
                       (path, got.get(path), wanted.get(path)))
    out += ["%s was left behind" % path for path in scene.leftovers()]
    return out + scene.leaks() + scene.processes()


def differences(clean, scene, excused):
    """What differs from the undisturbed run, in words. The tasks in `excused`
    may have run once more, and may tell another `changed`."""
    out = []
    words = words_of(scene, excused) | {NOT_KEPT}
    excused = {bare(each) for each in excused} | {NOT_KEPT}
    results = scene.results()
    for name, wanted in clean["results"].items():
        got = results.get(name)
        if got is None and (os.path.exists(scene.report) or
                            clean["modules"].get(name) not in ENGINE):
            out.append("task %s has no result" % name)
        elif got is not None and (
                got[0] != wanted[0] or
                (got != wanted and bare(name) not in excused)) and not (
                    name in scene.failed_otherwise and got[0] == "failed"):
            out.append("task %s is %s, expected %s" % (name, got, wanted))
    counts = scene.executions()
    for word, wanted in clean["executions"].items():
        extra = counts[word] - wanted
        if extra < 0 and not {word, word.split("-")[0]} & scene.failed_otherwise:
            out.append("%s was lost" % word)
        if extra > 0 and not {word, word.split("-")[0]} & words:
            out.append("%s ran %d times too often and nobody said so" %
                       (word, extra))
    return out + file_differences(clean, scene)


def badly_ended(done):
    """What is wrong with how a disturbed run ended, in words."""
    if done.returncode not in CODES:
        return ["ended with %s: %.300s" % (done.returncode, done.stderr)]
    if done.returncode != 0 and not done.stderr.strip():
        return ["failed without a word"]
    return []


def finish(scene, *options):
    """Goes on until the run has ended well. The tasks that were unknown, and
    what went wrong."""
    unknown = scene.reported
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


# Of constructs.yml.
ASK_FOR_JOBS = {"ended", "each"}
# Of both plans: the `always` of a block of which something runs again, which then
# runs again, too (docs/cli.md, resume).
ALWAYS = {"ends"}


def recovered(scene, clean):
    """What is wrong once the cause of the trouble is gone and the run has been
    gone on with, failed tasks included."""
    failed = {name for name, (status, _) in scene.results().items()
              if status == "failed" and
              clean["results"].get(name, ("",))[0] != "failed"}
    if os.path.exists(scene.report):
        os.unlink(scene.report)
    unknown, trouble = finish(scene, "--rerun-failed")
    left = {name for name, (status, _) in scene.results().items()
            if status == "failed" and
            clean["results"].get(name, ("",))[0] != "failed"}
    # A job that failed is not run again, and whoever asks is told so.
    if trouble and left and left <= ASK_FOR_JOBS:
        return []
    if trouble:
        return [trouble]
    again = failed | unknown
    return differences(clean, scene, again | ALWAYS if again else again)
