"""A large plan of valid tasks that goes on until it is done, whatever happens
to it on the way: none may be lost, none may run twice unless it was reported,
at most one in a thousand may fail. [M033]"""

import os

from scene import Scene, badly_ended

# What ends a round: the call, what happens at it, and how often in a thousand
# tasks a thread makes it, roughly.
ENDS = [("pwritev", "signal=KILL", 500), ("vfork", "signal=KILL", 16),
        ("wait4", "signal=KILL", 16), ("close", "signal=KILL", 130),
        ("pwritev", "error=ENOSPC", 500), ("pwritev", "error=EIO", 500)]
# What happens on the way: every so many calls of a thread. It is tried again.
ON_THE_WAY = {"vfork": "error=EAGAIN:when=7+31",
              "pipe2": "error=EMFILE:when=40+150"}
CHAINS = 20


def task(number):
    """One in twenty starts a program that notes that it ran."""
    out = {"id": "t%d" % number}
    if number >= CHAINS:
        out["dependencies"] = ["t%d" % (number - CHAINS)]
    if number % 19 == 0:
        out["shell"] = "echo t%d >> {{ root }}/log" % number
    elif number % 2 == 0:
        out["debug"] = {"msg": "task %d of {{ root }}" % number}
    else:
        out["set_fact"] = {"fact%d" % (number % 50): number}
    return out


def round_of(scene, options, picker, most):
    """Goes on with the run until a fault ends it, or to its end. How often
    something was injected, and how the run ended."""
    name, what, per_thousand = picker.choice(ENDS)
    number = picker.randint(1, max(2, most * per_thousand // 1000))
    faults = dict(ON_THE_WAY)
    faults[name] = "%s:when=%d" % (what, number)
    scene.prefix = ["strace", "-f", "--seccomp-bpf", "-b", "execve", "-o",
                    scene.trace, "-e", "trace=" + ",".join(faults)]
    for call, fault in faults.items():
        scene.prefix += ["-e", "inject=%s:%s" % (call, fault)]
    try:
        done = scene.run(timeout=600) if options is None \
            else scene.resume(*options, timeout=600)
    finally:
        scene.prefix = []
    with open(scene.trace, errors="replace") as text:
        injected = sum("(INJECTED)" in line for line in text)
    killed = "KILL" in what and done.returncode in (-9, 137)
    return injected + killed, killed, done


def verdict(scene, tasks, reported):
    """What is wrong in the end, in words."""
    found = scene.tasks()
    counts = scene.executions()
    out = []
    lost = [x for x in range(tasks) if "t%d" % x not in found]
    if lost:
        out.append("%d tasks have no result, first t%d" % (len(lost), lost[0]))
    bad = [x for x, each in found.items() if each["status"] != "success"]
    if bad:
        out.append("%d tasks did not end well, first %s" % (len(bad), bad[0]))
    for number in range(0, tasks, 19):
        name = "t%d" % number
        if counts[name] == 0:
            out.append(name + " never ran")
        elif counts[name] > 1 and name not in reported:
            out.append("%s ran %d times and nobody said so" %
                       (name, counts[name]))
    return out


def run(arena, tasks, picker, tally):
    """Rounds of faults until the run has ended well."""
    scene = Scene(arena.troupe, arena.base, {
        "failure_policy": "continue",
        "tasks": [task(number) for number in range(tasks)]})
    scene.environment = {"TROUPE_PARALLEL_TASKS": "8"}
    rounds = 12 if tasks <= 5000 else 50
    reported, failed, options, ended = set(), set(), None, False
    for _ in range(4 * rounds):
        if os.path.exists(scene.report):
            os.unlink(scene.report)
        injected, killed, done = round_of(scene, options, picker,
                                          2 * tasks // rounds)
        trouble = [] if killed else badly_ended(done)
        tally.note("M033", "on the way", trouble, injected=injected)
        now = scene.newest()
        if now is None:
            continue
        reported |= set(now["unknown"])
        failed |= {each["id"] for each in now["tasks"]
                   if each["status"] == "failed"}
        options = ["--on-unknown", "rerun", "--rerun-failed"]
        # It may have been killed when all was written.
        ended = now["state"] == "ok"
        if ended:
            break
    wrong = verdict(scene, tasks, reported | failed)
    if not ended:
        wrong.append("does not end: " + done.stderr)
    if len(failed) > tasks // 1000:
        wrong.append("%d tasks failed on the way" % len(failed))
    tally.note("M033", "in the end", wrong, injected=0)
    print("M033: %d tasks, %d faults, %d tasks reported unknown, %d failed and "
          "ran again, %d violations" % (
              tasks, tally.done["M033"], len(reported), len(failed),
              tally.violations["M033"]), flush=True)
    scene.close()
