"""The rows of the table of faults, and the tests that show the same or more."""

import pathlib

# Number -> fault, titles of tests.
ROWS = {
    1: ("the runner is killed at a system call", [
        "a killed run goes on where it was",
        "nothing outlives a run that is killed"]),
    2: ("the journal is torn or altered", [
        "a log that was cut anywhere opens with what is whole",
        "a flipped byte is never taken for a record",
        "a damaged journal is refused with its place"]),
    4: ("no room for the journal, or its disk fails", []),
    5: ("no room for a file of a module, or its disk fails", [
        "a failed replacement leaves the old file and nothing else"]),
    6: ("no descriptors, processes, threads", [
        "blocking work holds up no actor, and waits for a thread",
        "without threads tasks fail and say why"]),
    7: ("the state folder cannot be used", [
        "an unusable state folder is refused with a hint"]),
    8: ("the clock is set, or another machine's clock counts", []),
    9: ("the memory is used up", []),
    10: ("the runner is stopped for a while", []),
    11: ("a daemon holds the output of its task", [
        "a daemon that holds the output open is not waited for"]),
    12: ("a task prints what no terminal can bear", [
        "a task that prints a gigabyte costs no memory",
        "binary output is valid JSON everywhere"]),
    13: ("a task does not want to end", [
        "a task that ignores TERM is ended with its grandchildren",
        "a deadline ends the whole tree, deaf grandchildren included",
        "a grandchild in a session of its own is found and ended",
        "no zombies are left"]),
    14: ("a task reads its input, or wants the terminal", []),
    15: ("signals, and readers that go away", [
        "SIGINT during fifty running tasks accounts for every task",
        "a reader that goes away does not end a run"]),
    16: ("two runs at once", ["two runs do not share a state folder"]),
    20: ("cycles, and dependencies that fail", [
        "a task that depends on itself is a cycle of one",
        "a ring of ten thousand tasks is found quickly and whole",
        "what was blocked blocks what depends on it"]),
    24: ("regular expressions that never end", []),
    33: ("retries, at their bounds", [
        "backoff grows as its kind says and never past the cap"]),
    34: ("actors that die", [
        "a module that throws fails only its own task",
        "a holder that dies gives its slot back"]),
    "M033": ("kills and errors, over many tasks", []),
}


def check_rows():
    """A test that is named here must be there."""
    tests = pathlib.Path(__file__).resolve().parent.parent
    text = "".join(each.read_text() for each in tests.rglob("*.test.cpp"))
    for _, titles in ROWS.values():
        for title in titles:
            if '"%s"' % title not in text:
                raise SystemExit("rows.py: there is no test %r" % title)
