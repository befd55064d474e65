#!/usr/bin/env python3
"""Lets tasks of root change what another process swaps for a link meanwhile.

The other process exchanges, as fast as it can, a file or a folder for a link
that leads outside. Whatever the tasks come to, nothing outside may change: no
content, mode, owner, time or name. A program that goes by names is tried first:
one that is not caught says that the swapping is too slow to show anything.

With 77 it says that this cannot be tried here.
"""

import argparse
import ctypes
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
AT_FDCWD = -100
RENAME_EXCHANGE = 2
LIBC = ctypes.CDLL(None, use_errno=True)
# Somebody who may write into the folders that are swapped.
OWNER = 65534
# Items of one run.
ROUND = 500


def exchange(one, other):
    return LIBC.renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE)


def swap_for_ever(one, other, renew, calm, leads):
    """In a process of its own, until a signal ends it. Between two times it
    waits for a while that is never the same, so that all places are met; with
    `calm` for longer ones, as what takes many steps would always fail. With
    `leads` a link to there is made again when a task has replaced it."""
    one, other = os.fsencode(one), os.fsencode(other)
    while True:
        if leads and not os.path.islink(one) and not os.path.islink(other):
            os.unlink(other)
            os.symlink(leads, other)
        if exchange(one, other) != 0 and renew:
            renew()
        for _ in range(1 << random.randrange(20 if calm else 11)):
            pass


class Swapper:
    """Swaps `one` and `other` as long as it is open."""

    def __init__(self, one, other, renew=None, calm=False, leads=None):
        self.pid = os.fork()
        if self.pid == 0:
            try:
                swap_for_ever(one, other, renew, calm, leads)
            finally:
                os._exit(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def look(top):
    """Everything about all below a folder, the folder included."""
    out = {}
    paths = [top]
    for folder, folders, names in os.walk(top):
        paths += [os.path.join(folder, each) for each in folders + names]
    for path in paths:
        info = os.lstat(path)
        what = {"mode": oct(info.st_mode), "owner": info.st_uid,
                "group": info.st_gid, "links": info.st_nlink,
                "changed at": info.st_ctime_ns,
                "written at": info.st_mtime_ns}
        if os.path.isfile(path):
            with open(path) as text:
                what["content"] = text.read()
        out[os.path.relpath(path, top)] = what
    return out


def differences(before, after):
    """What has changed, in words."""
    for path in sorted(set(before) | set(after)):
        old, new = before.get(path), after.get(path)
        if old is None or new is None:
            yield "%s has %s" % (path, "come" if old is None else "gone")
            continue
        for key in old:
            if old[key] != new.get(key):
                yield "%s: %s was %s, is %s" % (path, key, old[key],
                                                new.get(key))


class Arena:
    """The folder that somebody may write into, and the one outside."""

    def __init__(self, troupe, base):
        self.troupe = troupe
        self.dir = tempfile.mkdtemp(dir=base)
        self.inside = self.path("inside")
        self.outside = self.path("outside")
        self.state = self.path("state")
        for top in (self.inside, self.outside):
            os.makedirs(os.path.join(top, "below"))
            for name in ("file", "below/file"):
                self.write(os.path.join(top, name))
        os.chmod(os.path.join(self.outside, "file"), 0o600)
        self.secret = None
        self.link = self.path("link")
        for folder, _, names in os.walk(self.inside):
            for path in [folder] + [os.path.join(folder, x) for x in names]:
                os.chown(path, OWNER, OWNER)
        self.before = look(self.outside)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, path):
        with open(path, "w") as out:
            out.write("old\n")

    def lead_to(self, target):
        os.symlink(target, self.link)
        return self.link

    def run(self, task, tries):
        """One task as often as that; the statuses of its items."""
        plan = self.path("plan.json")
        with open(self.path("secret.j2"), "w") as out:
            out.write("{{ item }}\n")
        with open(plan, "w") as out:
            json.dump({"tasks": [dict(task, id="task", ignore_errors=True,
                                      loop="{{ range(%d) | list }}" % tries)]},
                      out)
        report = self.path("report.json")
        done = subprocess.run(
            [self.troupe, "run", plan, "-q", "--state-dir", self.state,
             "--report", report], capture_output=True, text=True)
        if not os.path.exists(report):
            raise SystemExit("a run without a report: " + done.stderr)
        with open(report) as text:
            (task,) = json.load(text)["tasks"]
        return task["output"]["results"]

    def undo(self):
        return subprocess.run(
            [self.troupe, "undo", "last", "--force", "--state-dir",
             self.state], capture_output=True, text=True)

    def hide(self, path):
        """Nobody but root may know what is in this file outside."""
        self.secret = "only for root\n"
        with open(path, "w") as out:
            out.write(self.secret)
        os.chmod(path, 0o600)
        self.before = look(self.outside)

    def told(self):
        """The files inside that say what only root may know, but to root."""
        for path, what in sorted(look(self.inside).items()):
            at = os.path.join(self.inside, path)
            if what.get("content") == self.secret and \
                    not os.path.islink(at) and \
                    (what["owner"] != 0 or int(what["mode"], 8) & 0o77):
                yield "%s tells what is outside" % path

    def troubles(self):
        found = list(differences(self.before, look(self.outside)))
        return found + list(self.told() if self.secret else ())

    def close(self):
        shutil.rmtree(self.dir)


def count(results):
    """How many have changed something, and how many have failed."""
    return (sum(1 for each in results if each.get("changed")),
            sum(1 for each in results if each.get("failed")))


def on_a_file(task):
    """The file that the task names is swapped for a link to one outside."""
    def attempt(arena, tries):
        target = os.path.join(arena.inside, "file")
        link = arena.lead_to(os.path.join(arena.outside, "file"))
        with Swapper(target, link):
            return count(arena.run(task(target), tries))
    return attempt


def copy(path):
    return {"copy": {"content": "{{ item }}\n", "dest": path,
                     "owner": "root", "mode": "u=rw,go=r"}}


def template(path):
    return {"template": {"src": "secret.j2", "dest": path, "mode": "0666"}}


def touch(path):
    return {"file": {"path": path, "state": "touch", "follow": False,
                     "mode": "{{ '0666' if item % 2 else '0777' }}"}}


def own(path):
    return {"file": {"path": path, "follow": False, "owner": OWNER,
                     "mode": "{{ '0666' if item % 2 else '0777' }}"}}


def recurse(arena, tries):
    """A folder on the way of a recursion is swapped for one outside."""
    link = arena.lead_to(os.path.join(arena.outside, "below"))
    task = {"file": {"path": arena.inside, "recurse": True, "follow": False,
                     "state": "directory", "owner": OWNER,
                     "mode": "{{ '0777' if item % 2 else '0775' }}"}}
    with Swapper(os.path.join(arena.inside, "below"), link):
        return count(arena.run(task, tries))


def backup(arena, tries):
    """A file of which a copy is made for its owner is swapped for a link to one
    that this owner may not read."""
    secret = os.path.join(arena.outside, "file")
    arena.hide(secret)
    target = os.path.join(arena.inside, "file")
    with Swapper(target, arena.lead_to(secret), leads=secret):
        return count(arena.run({"copy": {
            "content": "{{ item }}\n", "dest": target, "owner": OWNER,
            "mode": "0644", "backup": True}}, tries))


def absent(arena, tries):
    """A folder of a tree that is removed is swapped for one outside."""
    link = arena.lead_to(os.path.join(arena.outside, "below"))
    tree = os.path.join(arena.inside, "tree")
    below = os.path.join(tree, "below")

    def renew():
        try:
            os.makedirs(os.path.join(below, "deep"), exist_ok=True)
            for number in range(4):
                open(os.path.join(below, str(number)), "w").close()
            if not os.path.islink(link):
                shutil.rmtree(link, ignore_errors=True)
                os.symlink(os.path.join(arena.outside, "below"), link)
        except OSError:
            pass

    with Swapper(below, link, renew):
        # There has to be time to make it again.
        return count(arena.run({"file": {"path": tree, "state": "absent"},
                                "loop_control": {"pause": 0.002}}, tries))


def undo(arena, tries):
    """A folder in which a run has changed files is swapped while the changes
    are undone."""
    folder = os.path.join(arena.inside, "below")
    link = arena.lead_to(os.path.join(arena.outside, "below"))
    for number in range(tries):
        for top in (arena.inside, arena.outside):
            arena.write(os.path.join(top, "below", str(number)))
    arena.before = look(arena.outside)
    results = arena.run({"copy": {
        "content": "{{ item }}\n", "dest": folder + "/{{ item }}",
        "owner": OWNER, "mode": "0666"}}, tries)
    with Swapper(folder, link, calm=True):
        done = arena.undo()
    return count(results)[0], done.stdout.count("not undone")


ATTEMPTS = {"copy": on_a_file(copy), "template": on_a_file(template),
            "touch": on_a_file(touch), "own": on_a_file(own),
            "recurse": recurse, "absent": absent, "backup": backup,
            "undo": undo}


def caught(base, seconds=5):
    """After how many tries, at most, a program that goes by names was outside:
    it asks whether there is a link, and then changes what has the name."""
    arena = Arena("", base)
    target = os.path.join(arena.inside, "file")
    link = arena.lead_to(os.path.join(arena.outside, "file"))
    try:
        with Swapper(target, link):
            end = time.monotonic() + seconds
            number = 0
            while time.monotonic() < end:
                for number in range(number + 1, number + 201):
                    if not os.path.islink(target):
                        os.chmod(target, 0o777)
                if arena.troubles():
                    return number
        return None
    finally:
        arena.close()


def attack(name, arguments, base):
    """Whether nothing outside has changed in all the tries."""
    done, changed, failed, troubles = 0, 0, 0, []
    while done < arguments.tries and not troubles:
        arena = Arena(arguments.troupe, base)
        tries = min(ROUND, arguments.tries - done)
        did, not_done = ATTEMPTS[name](arena, tries)
        troubles = arena.troubles()
        done, changed, failed = done + tries, changed + did, failed + not_done
        arena.close()
    print("%s: %d tries, %d changed something, %d failed, %s" % (
        name, done, changed, failed,
        "outside: " + "; ".join(troubles) if troubles else "never outside"),
        flush=True)
    if changed == 0:
        print(name + ": nothing was ever changed, so nothing is shown")
    return not troubles and changed > 0


def impossible(base):
    """Why this cannot be tried here, or None."""
    if os.geteuid() != 0:
        return "only root has anything to lose to a link"
    one, other = (os.path.join(base, name) for name in "ab")
    for path in (one, other):
        os.mkdir(path)
    if exchange(os.fsencode(one), os.fsencode(other)) != 0:
        return "names cannot be exchanged here: " + \
            os.strerror(ctypes.get_errno())
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--troupe", required=True)
    parser.add_argument("--tries", type=int, default=300)
    parser.add_argument("--only", choices=sorted(ATTEMPTS))
    arguments = parser.parse_args()
    arguments.troupe = os.path.abspath(arguments.troupe)
    base = tempfile.mkdtemp(prefix="race-")
    try:
        reason = impossible(base)
        if reason:
            print("skipped: " + reason)
            return SKIPPED
        number = caught(base)
        if not number:
            print("skipped: not even a program that goes by names was caught")
            return SKIPPED
        print("a program that goes by names was outside after %s tries" %
              number, flush=True)
        good = [attack(name, arguments, base) for name in ATTEMPTS
                if arguments.only in (None, name)]
        return 0 if all(good) else 1
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
