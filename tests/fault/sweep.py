"""Kills a run, or makes its system calls fail, at one point after another.

Every point is one system call of the runner (its children excepted): the N-th
write, the N-th rename, ... of one of its threads, as strace counts them.
"""

import collections
import re
import stat

from scene import Scene, badly_ended, differences, finish, recovered

KILL_AT = ["write", "pwritev", "openat", "rename", "vfork", "clone3", "close",
           "ftruncate", "mkdir", "unlink", "link", "symlink", "chmod",
           "fchmod", "fchmodat", "fdatasync", "fsync", "pipe2", "wait4",
           "unlinkat", "flock", "read", "utimensat", "renameat", "linkat",
           "mkdirat", "symlinkat", "fchownat", "openat2"]
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
           ("fsync", "EIO", 4)]
# What fails once may fail for good: from that call on, in that thread.
FAIL_FROM = [("pwritev", "ENOSPC", 4), ("write", "ENOSPC", 5),
             ("vfork", "EAGAIN", 6), ("clone3", "EAGAIN", 6),
             ("pipe2", "EMFILE", 6)]


def kill_point(scene, clean, name, number):
    first = scene.inject(name, "signal=KILL", number)
    if first.returncode == 0:
        return None
    unknown, trouble = finish(scene)
    return [trouble] if trouble else differences(clean, scene, unknown)


def error_point(scene, clean, name, number, error):
    before = scene.files()
    first = scene.inject(name, "error=" + error, number)
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
    if first.returncode == 0:
        return trouble + differences(clean, scene, set())
    return trouble + recovered(scene, clean)


def calls_of(scene, names):
    """How often each system call is made by one thread at most."""
    scene.traced("-e", "trace=" + ",".join(names))
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


def points(most, arguments, picker):
    """(kind, call, which, error, row): what the sweep does, in its order."""
    kills = [("kill", name, n, None, 1) for name in KILL_AT
             for n in range(1, most[name] + 1)]
    errors = [("error", name, n, error, row) for name, error, row in FAIL_AT
              for n in range(1, most[name] + 1)]
    errors += [("error", name, "%d+" % n, error, row)
               for name, error, row in FAIL_FROM
               for n in range(1, most[name] + 1)]
    if not arguments.full:
        kills = picker.sample(kills, min(arguments.kills, len(kills)))
        errors = picker.sample(errors, min(arguments.errors, len(errors)))
    return kills + errors


def sweep(arguments, base, clean, picker, tally):
    scene = Scene(arguments.troupe, base)
    most = calls_of(scene, sorted(set(KILL_AT) | {x for x, _, _ in FAIL_AT}))
    scene.close()
    for kind, name, number, error, row in points(most, arguments, picker):
        if arguments.only not in (None, kind):
            continue
        scene = Scene(arguments.troupe, base)
        trouble = kill_point(scene, clean, name, number) if kind == "kill" \
            else error_point(scene, clean, name, number, error)
        scene.close()
        # A point that the run did not reach is none.
        if trouble is not None:
            tally.note(row, "%s %s" % (error or "kill", name), trouble,
                       "call %s" % number)
