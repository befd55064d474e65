#!/usr/bin/env python3
"""Gives secrets to runs of a plan that uses them in every way, and looks for
them in everything that the runs print and keep.

What a plan writes into files and the undo copies of them hold secrets in the
clear, as docs/security.md says; of those only the modes are looked at.
"""

import argparse
import collections
import json
import os
import pty
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import threading

import forms
from canaries import CANARIES, encoded, needles

VIEWS = {
    "text": ["--output", "text"],
    "verbose": ["--output", "text", "-vvv", "--diff", "--profile"],
    "live": ["--output", "live", "--diff"],
    "ndjson": ["--output", "ndjson", "-vvv", "--diff"],
    "quiet": ["--output", "quiet"],
    "check": ["--check", "--diff", "-v"],
    "reports": ["--quiet", "--diff", "--report", "r.json", "--junit",
                "j.xml"],
}
# The type of such a record in a journal.
UNDO = 9
SOURCES = ("env", "file", "fd")


def shown(name, content):
    """A file of the state folder without the records of undo in a journal,
    which hold the names of files and the targets of links as they are."""
    if name != "journal":
        return content
    at = content.index(b"\n") + 1
    out = bytearray()
    while at + 8 < len(content):
        (length,) = struct.unpack_from("<I", content, at)
        if content[at + 8] != UNDO:
            out += content[at + 8:at + 8 + length] + b"\n"
        at += 8 + length
    return bytes(out)


class Run:
    """One run in folders of its own."""

    def __init__(self, troupe, base, name, view, source):
        self.troupe = troupe
        self.secret = encoded(CANARIES[name])
        self.view = view
        self.source = source
        self.dir = tempfile.mkdtemp(dir=base)
        self.root = os.path.join(self.dir, "root")
        self.state = os.path.join(self.dir, "state")
        self.work = os.path.join(self.dir, "work")
        for each in (self.root, self.work):
            os.mkdir(each)
        self.plan = forms.write_plan(os.path.join(self.dir, "plan"))
        # What a run printed, by where it printed it.
        self.seen = {}

    def given(self):
        """The options and what else gives the secret to the program."""
        environment = {key: text for key, text in os.environ.items()
                       if not key.startswith("TROUPE_")}
        environment["TERM"] = "xterm"
        environment["PATH"] = os.path.join(
            os.path.dirname(self.plan), "bin") + ":" + environment["PATH"]
        if self.source == "env":
            environment["CANARY"] = os.fsdecode(self.secret)
            return "env:CANARY", environment, ()
        if self.source == "file":
            path = os.path.join(self.dir, "secret")
            with open(path, "wb") as out:
                out.write(self.secret + b"\n")
            os.chmod(path, 0o400)
            return "file:" + path, environment, ()
        reading, writing = os.pipe()
        os.write(writing, self.secret)
        os.close(writing)
        return "fd:%d" % reading, environment, (reading,)

    def call(self, arguments, environment, descriptors=(), terminal=False):
        """Standard output and error of a program, and how it ended."""
        options = dict(cwd=self.work, env=environment, timeout=90,
                       pass_fds=descriptors, stdin=subprocess.DEVNULL)
        if not terminal:
            done = subprocess.run(arguments, capture_output=True, **options)
            return done.stdout, done.stderr, done.returncode
        master, slave = pty.openpty()
        out = bytearray()

        def read():
            try:
                while part := os.read(master, 65536):
                    out.extend(part)
            except OSError:
                pass

        reader = threading.Thread(target=read)
        reader.start()
        done = subprocess.run(arguments, stdout=slave, stderr=slave,
                              **options)
        os.close(slave)
        reader.join()
        os.close(master)
        return bytes(out), b"", done.returncode

    def run(self):
        source, environment, descriptors = self.given()
        arguments = [self.troupe, "run", self.plan, "-e", "root=" + self.root,
                     "--state-dir", self.state, "--secret", "sec=" + source]
        out, err, code = self.call(arguments + VIEWS[self.view], environment,
                                   descriptors, self.view == "live")
        for each in descriptors:
            os.close(each)
        self.seen = {"stdout": out, "stderr": err}
        if self.source == "env":
            del environment["CANARY"]
        for name, more in {
                "runs": ["runs", "last", "--json"],
                "undo": ["undo", "last", "--check", "--task", "copy",
                         "--task", "template-again"]}.items():
            out, err, _ = self.call([self.troupe] + more +
                                    ["--state-dir", self.state], environment)
            self.seen[name] = out + err
        return code

    def kept(self):
        """Path -> content of all that the run has written but the targets,
        and what is wrong with the modes of undo copies."""
        out, wrong = {}, []
        for folder, folders, names in os.walk(self.state):
            for name in folders + names:
                out["name of " + os.path.join(folder, name)] = \
                    os.fsencode(name)
            copies = os.path.basename(folder) == "undo"
            if copies and stat.S_IMODE(os.stat(folder).st_mode) != 0o700:
                wrong.append("the folder of undo copies is open")
            for name in [] if copies else names:
                path = os.path.join(folder, name)
                with open(path, "rb") as text:
                    out[path] = shown(name, text.read())
        for name in ("r.json", "j.xml"):
            path = os.path.join(self.work, name)
            if os.path.exists(path):
                with open(path, "rb") as text:
                    out[path] = text.read()
        return out, wrong

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def places(text, looked_for):
    """(begin, end, form) of each place where needles stand, those that touch
    put together; the form is that of the longest."""
    found = []
    for needle, form in looked_for.items():
        at = text.find(needle)
        while at >= 0:
            found.append((at, at + len(needle), form))
            at = text.find(needle, at + 1)
    out = []
    for begin, end, form in sorted(found):
        if out and begin <= out[-1][1]:
            first, last, old = out[-1]
            out[-1] = (first, max(last, end), old if old != "a part" else form)
        else:
            out.append((begin, end, form))
    return out


def context(text, begin, end):
    """What stands around a hit, to be read by people."""
    return text[max(0, begin - 90):end + 60].decode("utf-8", "replace")


def unused(seen):
    """How many tasks of a run did not run."""
    try:
        tasks = json.loads(seen)["tasks"]
    except (ValueError, KeyError):
        return "all"
    idle = sum(1 for task in tasks if task["status"] == "cancelled")
    return idle if len(tasks) > forms.count() else "many"


def hits(run, name):
    """(where, which form, what stands around it)."""
    seen, wrong = run.kept()
    seen.update(run.seen)
    out = [(each, "mode", "") for each in wrong]
    # Of predictions nothing is kept.
    number = 0 if run.view == "check" else unused(run.seen["runs"])
    if number:
        out.append(("plan", "%s tasks did not run" % number, ""))
    looked_for = needles(CANARIES[name])
    for where, text in seen.items():
        for begin, end, form in places(text, looked_for):
            out.append((where.replace(run.dir, ""), form,
                        context(text, begin, end)))
    return out


def module_names(troupe):
    said = subprocess.run([troupe, "modules", "--json"], check=True, cwd="/",
                          stdout=subprocess.PIPE).stdout
    return [each["name"] for each in json.loads(said)]


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--troupe", required=True)
    parser.add_argument("--full", action="store_true",
                        help="every canary in every view")
    parser.add_argument("--only", choices=sorted(CANARIES))
    parser.add_argument("--view", choices=sorted(VIEWS))
    parser.add_argument("--keep", action="store_true",
                        help="leave the folders of runs with a hit")
    return parser.parse_args()


def chosen(arguments):
    """(canary, view, source) of each run: in a sample every canary twice, so
    that each view has several."""
    views = list(VIEWS)
    for number, name in enumerate(CANARIES):
        for turn, view in enumerate(views):
            if arguments.only not in (None, name) or \
                    arguments.view not in (None, view):
                continue
            sampled = (turn - number) % 3 == 0
            if arguments.full or arguments.only or arguments.view or sampled:
                source = SOURCES[(number + turn) % len(SOURCES)]
                yield name, view, source


def main():
    arguments = read_arguments()
    arguments.troupe = os.path.abspath(arguments.troupe)
    base = tempfile.mkdtemp(prefix="hidden-")
    tally = collections.Counter()
    for each in forms.without_form(module_names(arguments.troupe)):
        print("no form has the module %s" % each)
        tally["hits"] += 1
    try:
        for name, view, source in chosen(arguments):
            run = Run(arguments.troupe, base, name, view, source)
            code = run.run()
            found = hits(run, name)
            tally["runs"] += 1
            tally["hits"] += len(found)
            if code not in (0, 2):
                tally["hits"] += 1
                print("%s in %s ended with %s: %s" % (
                    name, view, code, run.seen["stderr"][-500:]), flush=True)
            for where, form, around in found[:12]:
                print("%s in %s, %s, %s: %r" % (name, view, where, form,
                                                around), flush=True)
            if not (found and arguments.keep):
                run.close()
    finally:
        if not arguments.keep:
            shutil.rmtree(base, ignore_errors=True)
    print("%d runs of %d forms, %d hits" % (tally["runs"], forms.count(),
                                            tally["hits"]))
    return 1 if tally["hits"] else 0


if __name__ == "__main__":
    sys.exit(main())
