"""What may happen to a run from outside, and what its tasks may do to it. Each
function yields one (name, what is wrong) for each fault, or raises
Impossible."""

import json
import os
import pty
import resource
import select
import signal
import subprocess
import time

from machine_faults import Impossible
from scene import Scene, badly_ended, finish

DAY = 86400


def expect(wrong, text):
    return [text] if wrong else []


def odd_times(scene):
    """Times that cannot be."""
    with open(scene.report) as text:
        report = json.load(text)
    return ["%s took %s s" % (each.get("id", "the run"), each["duration"])
            for each in [report] + report["tasks"]
            if not 0 <= each["duration"] < 30]


def clock_set(arena):
    """Row 8: the time of day jumps while a task runs and while another one
    waits to be tried again; the clock that counts begins anew, as after a
    start of the machine."""
    library = os.path.join(os.path.dirname(arena.troupe), "tests",
                           "libshifted_clock.so")
    if not os.path.exists(library):
        raise Impossible("libshifted_clock.so was not built")
    set_clock = "echo %d > $SHIFTED_CLOCK; echo %s >> {{ root }}/log"
    for name, first, then in (("a day forward", DAY, 2 * DAY),
                              ("a day back", -DAY, -2 * DAY),
                              ("a day back and again", -DAY, 0)):
        scene = Scene(arena.troupe, arena.base, {
            "settings": {"execution_timeout": 50},
            "tasks": [
                {"id": "a", "timeout": 20, "shell": set_clock % (first, "a")},
                {"id": "b", "timeout": 20, "retries": 3, "delay": 0.1,
                 "shell": set_clock % (then, "b") +
                 "; test $(grep -c b {{ root }}/log) = 3",
                 "register": "r", "until": "r is success"},
                {"id": "wait", "wait_for": {"path": "{{ root }}/log",
                                            "timeout": 20}},
                {"id": "gate", "shell": "echo g >> {{ root }}/log; "
                 "test -e {{ root }}/open || kill -9 $PPID"}]})
        scene.environment = {"LD_PRELOAD": library,
                             "SHIFTED_CLOCK": scene.path("clock")}
        first = scene.run(timeout=40)
        trouble = expect(first.returncode not in (-9, 137),
                         "ended with %s: %s" % (first.returncode,
                                                first.stderr))
        open(os.path.join(scene.root, "open"), "w").close()
        unknown, more = finish(scene)
        trouble += [more] if more else odd_times(scene)
        counts = scene.executions()
        trouble += expect(counts != {"a": 1, "b": 3, "g": 2},
                          "tasks ran %s" % dict(counts))
        trouble += expect(unknown != {"gate"}, "unknown: %s" % unknown)
        scene.close()
        yield name, trouble
    yield from other_clock(arena)


def other_clock(arena):
    probe = subprocess.run(["unshare", "-T", "true"], capture_output=True,
                           text=True)
    if probe.returncode != 0:
        raise Impossible("no time of its own: " + probe.stderr.strip())
    scene = Scene(arena.troupe, arena.base, {"tasks": [
        {"id": "a", "shell": "echo a >> {{ root }}/log", "timeout": 20},
        {"id": "gate", "shell":
         "test -e {{ root }}/open || kill -9 $PPID"},
        {"id": "b", "shell": "echo b >> {{ root }}/log", "timeout": 20}]})
    scene.prefix = ["unshare", "-T", "--monotonic", str(1000 * DAY),
                    "--boottime", str(1000 * DAY)]
    scene.run()
    open(os.path.join(scene.root, "open"), "w").close()
    # Without the offset: far earlier than what the journal was written at.
    scene.prefix = []
    _, trouble = finish(scene)
    trouble = [trouble] if trouble else odd_times(scene)
    counts = scene.executions()
    trouble += expect(counts != {"a": 1, "b": 1}, "ran %s" % dict(counts))
    scene.close()
    yield "another start of the machine", trouble


def wait_for_file(path, seconds=20):
    end = time.monotonic() + seconds
    while not os.path.exists(path) and time.monotonic() < end:
        select.select([], [], [], 0.005)
    return os.path.exists(path)


def stopped(arena):
    """Row 10: the runner is stopped for longer than its task may take; the
    task ends meanwhile."""
    scene = Scene(arena.troupe, arena.base, {"tasks": [
        {"id": "a", "timeout": 2, "shell":
         "touch {{ root }}/begun; until test -e {{ root }}/go; do sleep 0.01; "
         "done; touch {{ root }}/ended"},
        {"id": "b", "shell": "echo b >> {{ root }}/log"}]})
    runner = subprocess.Popen(
        scene.command(["run", scene.plan, "-e", "root=" + scene.root, "-q",
                       "--report", scene.report]),
        env=scene.surroundings(), stderr=subprocess.PIPE, text=True)
    trouble = expect(not wait_for_file(scene.root + "/begun"), "did not begin")
    runner.send_signal(signal.SIGSTOP)
    open(scene.root + "/go", "w").close()
    trouble += expect(not wait_for_file(scene.root + "/ended"), "did not end")
    # The stop itself: until the deadline of the task is over.
    select.select([], [], [], 2.2)
    runner.send_signal(signal.SIGCONT)
    _, words = runner.communicate(timeout=30)
    trouble += expect(runner.returncode != 0, "ended with %s: %s" %
                      (runner.returncode, words))
    trouble += expect(scene.results()["a"][0] != "success",
                      "the task is %s" % (scene.results()["a"],))
    scene.close()
    yield "stopped past a deadline", trouble


# What a task prints, in Python on its standard output.
OUTPUTS = {
    "a million lines": "for i in range(1000000): o(b'line %d\\n' % i)",
    "200 MB in one line": "for i in range(200): o(b'x' * 1000000)",
    "zeros": "o(b'a\\0b\\0' * 100000)",
    "no UTF-8": "o(bytes(range(256)) * 4000)",
    "escapes": "o(b'\\x1b[2J\\x1b]0;title\\x07\\r\\x08\\x7f\\xc2\\x9b31m' * 5000)",
    "half a character at each edge": "o(('x' + '\\u20ac' * 700000).encode())",
    "both streams": "for i in range(20000): o(b'o' * 99); e(b'e' * 99)",
}


def printed(arena):
    """Row 12: the memory stays small, what is shown is text, and counted."""
    for name, code in OUTPUTS.items():
        scene = Scene(arena.troupe, arena.base, {
            "failure_policy": "continue", "tasks": [
                {"id": "a", "script": "print.py", "args": {
                    "executable": "python3"}},
                {"id": "shown", "script": "print.py", "args": {
                    "executable": "python3"}, "failed_when": True}]})
        with open(scene.path("print.py"), "w") as out:
            out.write("import sys\no = sys.stdout.buffer.write\n"
                      "e = sys.stderr.buffer.write\n" + code + "\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        done = scene.call(["run", scene.plan, "-e", "root=" + scene.root,
                           "-vv", "--report", scene.report])
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        trouble = expect(done.returncode != 2,
                         "ended with %s: %.200s" % (done.returncode,
                                                    done.stderr))
        trouble += expect(after > max(before, 100 << 10),
                          "took %d MB" % (after >> 10))
        shown = done.stdout + done.stderr
        trouble += expect(any(ord(c) < 32 and c not in "\n\t" or c == "\x7f" or
                              "\x80" <= c < "\xa0" for c in shown),
                          "shows control characters")
        try:
            with open(scene.report, "rb") as text:
                tasks = json.loads(text.read().decode())["tasks"]
            kept = tasks[0]["output"]
            size = len(kept["stdout"].encode())
            trouble += expect(size > 3 * (256 << 10),
                              "keeps %d bytes" % size)
            trouble += expect("MB" in name and not
                              kept.get("stdout_dropped_bytes"),
                              "does not say what it dropped")
        except (ValueError, KeyError) as problem:
            trouble.append("the report is no report: %r" % problem)
        scene.close()
        yield name, trouble


def asked(arena):
    """Row 14: nobody is there to answer, also when the run has a terminal."""
    plan = {"failure_policy": "continue", "tasks": [
        {"id": name, "timeout": 10, "shell": "%s; echo %s >> {{ root }}/log" %
         (command, name)} for name, command in (
             ("cat", "cat"), ("read", "read answer"),
             ("tty", "head -c 1 < /dev/tty"),
             ("password", "stty -echo < /dev/tty"))]}
    for name, terminal in (("no terminal", False), ("a terminal", True)):
        scene = Scene(arena.troupe, arena.base, plan)
        command = scene.command(["run", scene.plan, "-e",
                                 "root=" + scene.root, "--report",
                                 scene.report])
        begun = time.monotonic()
        if terminal:
            code = in_terminal(command, scene.surroundings())
        else:
            code = scene.run().returncode
        trouble = expect(code != 0, "ended with %s" % code)
        trouble += expect(time.monotonic() - begun > 8, "a task waited")
        trouble += ["%s ran %d times" % (x, scene.executions()[x])
                    for x in ("cat", "read", "tty", "password")
                    if scene.executions()[x] != 1]
        scene.close()
        yield "a task asks, the run has " + name, trouble


def in_terminal(command, environment):
    """Runs it as the leader of a session on a terminal where nobody types."""
    child, screen = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, environment)
    try:
        while os.read(screen, 65536):
            pass
    except OSError:
        pass  # The terminal's end.
    _, status = os.waitpid(child, 0)
    os.close(screen)
    return os.waitstatus_to_exitcode(status)


def signalled(arena):
    """Row 15: a signal ends the run in good order; it can be gone on with."""
    for name, code in (("INT", 130), ("TERM", 143), ("HUP", 143)):
        scene = Scene(arena.troupe, arena.base, {"tasks": [
            {"id": "a", "shell": "echo a >> {{ root }}/log"},
            {"id": "gate", "shell": "test -e {{ root }}/open || "
             "{ kill -%s $PPID; sleep 1000; }" % name},
            {"id": "b", "shell": "echo b >> {{ root }}/log"}]})
        begun = time.monotonic()
        done = scene.run(timeout=30)
        trouble = expect(done.returncode != code, "ended with %s: %s" %
                         (done.returncode, done.stderr))
        trouble += expect(time.monotonic() - begun > 12, "took too long")
        trouble += expect(set(scene.results()) != {"a", "gate", "b"},
                          "not every task is accounted for")
        open(os.path.join(scene.root, "open"), "w").close()
        _, more = finish(scene)
        trouble += [more] if more else []
        counts = scene.executions()
        trouble += expect(counts != {"a": 1, "b": 1}, "ran %s" % dict(counts))
        scene.close()
        yield "SIG" + name, trouble


def second_run(arena):
    """Row 16: another run on the same state folder is refused at once."""
    scene = Scene(arena.troupe, arena.base, {"tasks": [
        {"id": "a", "shell": "echo a >> {{ root }}/log"}]})
    outer = Scene(arena.troupe, arena.base, {"tasks": [
        {"id": "inner", "shell": "%s run %s -e root=%s --state-dir {{ root }}/"
         "../state; test $? = 8" % (arena.troupe, scene.plan, scene.root)}]})
    done = outer.run()
    trouble = badly_ended(done) + expect(
        done.returncode != 0, "ended with %s: %s" % (done.returncode,
                                                     done.stderr))
    trouble += expect(scene.executions(), "the second run began")
    scene.close()
    outer.close()
    yield "a run within a run", trouble


# Text and pattern; each would take ages.
ENDLESS = [("'a' * 40 ~ 'b'", "(a+)+$"), ("'a' * 40 ~ 'b'", "^(a|a)*$"),
           ("'a' * 40 ~ 'b'", "^(a|aa)+$"), ("'x' * 5000", "(x+x+)+y."),
           ("'a' * 200000", "(?:(a*)*)*c?d$"), ("'1' * 60 ~ 'x'", r"^(\\d+)*$"),
           ("'ab' * 50000", "^(.*a.*b)*c")]


def endless_patterns(arena):
    """Row 24: a pattern gives up soon, and says so or finds the answer."""
    scene = Scene(arena.troupe, arena.base)
    for number, (text, pattern) in enumerate(ENDLESS):
        for how in ("(%s) is search('%s')", "(%s) | regex_search('%s')",
                    "(%s) | regex_replace('%s', '')"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            done = subprocess.run([arena.troupe, "eval", how % (text, pattern)],
                                  capture_output=True, text=True)
            spent = resource.getrusage(
                resource.RUSAGE_CHILDREN).ru_utime - before
            # Of the processor's time; the time of day depends on others.
            trouble = expect(spent > 0.6, "took %.2f s" % spent)
            trouble += expect(
                done.returncode != 0 and not (
                    done.returncode == 2 and "gave up" in done.stderr),
                "ended with %s: %s" % (done.returncode, done.stderr))
            yield "pattern %d, %s" % (number, how.split()[-1]), trouble
    scene.close()


FAULTS = [(8, clock_set), (10, stopped), (12, printed), (14, asked),
          (15, signalled), (16, second_run), (24, endless_patterns)]
