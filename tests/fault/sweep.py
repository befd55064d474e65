"""Kills a run, or makes its system calls fail, at one point after another.

Every point is one system call of the runner (its children excepted): the N-th
write, the N-th rename, ... of one of its threads, as strace counts them.
"""

import collections
import concurrent.futures
import os
import re
import stat

from courses import COURSES
from scene import badly_ended, differences, recovered

KILL_AT = ["write", "pwritev", "openat", "rename", "vfork", "clone3", "close",
           "ftruncate", "mkdir", "unlink", "link", "symlink", "chmod",
           "fchmod", "fchmodat", "fdatasync", "fsync", "pipe2", "wait4",
           "unlinkat", "flock", "read", "utimensat", "renameat", "linkat",
           "mkdirat", "symlinkat", "fchownat", "openat2",
           "renameat2"]
# The call, how it fails, and the row of the fault table.
FAIL_AT = [("pwritev", "ENOSPC", 4), ("pwritev", "EIO", 4),
           ("write", "ENOSPC", 5), ("write", "EIO", 5),
           ("write", "EDQUOT", 5), ("openat", "EMFILE", 6),
           ("openat", "ENFILE", 6), ("openat", "ENOSPC", 5),
           ("rename", "EIO", 5), ("rename", "ENOSPC", 5),
           ("pipe2", "EMFILE", 6), ("vfork", "EAGAIN", 6),
           ("vfork", "ENOMEM", 6), ("clone3", "EAGAIN", 6),
           ("mkdir", "ENOSPC", 5), ("fchmod", "EROFS", 5),
           ("link", "EMLINK", 5), ("fdatasync", "EIO", 4),
           ("renameat", "EIO", 5), ("renameat", "ENOSPC", 5),
           ("mkdirat", "ENOSPC", 5), ("linkat", "EMLINK", 5),
           ("openat2", "EMFILE", 6),
           ("getdents64", "EIO", 5), ("fsync", "EIO", 4)]
# What fails once may fail for good: from that call on, in that thread.
FAIL_FROM = [("pwritev", "ENOSPC", 4), ("write", "ENOSPC", 5),
             ("vfork", "EAGAIN", 6), ("clone3", "EAGAIN", 6),
             ("pipe2", "EMFILE", 6)]


# Those whose ends are compared by files alone are only killed: what an error
# makes of them is for them to say.
FAILING = COURSES[:2]


def kill_point(course, scene, name, number):
    first = scene.inject(course.arguments(scene), name, "signal=KILL", number)
    if first.returncode == course.code:
        return None
    return course.go_on(scene)


def error_point(course, scene, name, number, error):
    clean = course.clean
    before = scene.files()
    first = scene.inject(course.arguments(scene), name, "error=" + error,
                         number)
    with open(scene.trace, errors="replace") as text:
        injected = [line for line in text if "(INJECTED)" in line]
    if not injected:
        return None
    if any(re.search(r" write\(2, ", line) for line in injected):
        first.stderr = "its words were what could not be written"
    trouble = badly_ended(first)
    for path, what in scene.files().items():
        old, new = before.get(path), clean["files"].get(path)
        if stat.S_ISREG(what[0]) and what[2] not in (
                old[2] if old else None, new[2] if new else None):
            trouble.append("%s is neither old nor new: %.60r" % (path, what))
    # What the plan lets fail may fail in this way, too, if it says so.
    for name, how in scene.failures().items():
        if how != clean["failures"].get(name, how):
            scene.failed_otherwise.add(name)
    if first.returncode == 0:
        return trouble + differences(clean, scene, set())
    return trouble + recovered(scene, clean)


def calls_of(course, scene, names):
    """How often each system call is made by one thread at most."""
    scene.traced(course.arguments(scene), "-e", "trace=" + ",".join(names))
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


def points_of(course, arena):
    """(course, kind, call, which, error, row): what may be done to it."""
    scene = course.scene(arena)
    course.begin(scene)
    names = set(KILL_AT) | {x for x, _, _ in FAIL_AT}
    most = calls_of(course, scene, sorted(names))
    scene.close()
    out = [(course, "kill", name, n, None, 1) for name in KILL_AT
           for n in range(1, most[name] + 1)]
    if course not in FAILING:
        return out
    out += [(course, "error", name, n, error, row)
            for name, error, row in FAIL_AT for n in range(1, most[name] + 1)]
    return out + [(course, "error", name, "%d+" % n, error, row)
                  for name, error, row in FAIL_FROM
                  for n in range(1, most[name] + 1)]


def chosen(points, arguments, picker):
    if arguments.full:
        return points
    out = []
    for kind, most in (("kill", arguments.kills), ("error", arguments.errors)):
        of_kind = [each for each in points if each[1] == kind]
        out += picker.sample(of_kind, min(most, len(of_kind)))
    return out


def try_point(arena, point):
    course, kind, name, number, error, _ = point
    scene = course.scene(arena)
    try:
        course.begin(scene)
        if kind == "kill":
            return kill_point(course, scene, name, number)
        return error_point(course, scene, name, number, error)
    finally:
        scene.close()


def sweep(arguments, arena, picker, tally):
    courses = [each for each in COURSES
               if arguments.course in (None, each.name)]
    points = []
    for course in courses:
        course.undisturbed(arena)
        points += [each for each in points_of(course, arena)
                   if arguments.only in (None, each[1])]
    points = chosen(points, arguments, picker)
    # Each has a folder of its own, and waits most of its time.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = pool.map(lambda each: try_point(arena, each), points)
        for (course, _, name, number, error, row), trouble in zip(points, ends):
            # A point that the run did not reach is none.
            if trouble is not None:
                tally.note(row, "%s: %s %s" % (course.name, error or "kill",
                                               name),
                           trouble, "call %s" % number)
