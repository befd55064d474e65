"""The rows of the table of faults, and the tests that show the same or more; and
the faults that were found in survival, secrets and control flow, each a kind,
and the tests that would find it again."""

import pathlib
import re

# Number -> fault, titles of tests.
ROWS = {
    1: ("the runner is killed at a system call", [
        "a killed run goes on where it was",
        "nothing outlives a run that is killed"]),
    "kill loop": ("the runner is killed at random times and calls, and so is "
                  "what goes on with it", []),
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


# Fault -> titles of tests. What stands in angle brackets is a program of
# tests/; `oracle` names cases that are compared with Ansible.
FOUND = {
    "B1": ("a resumed loop of inclusions knew its last item only", [
        "a loop of inclusions is known again with all its items",
        "<fault>"]),
    "B2": ("a job in the background that died could not be decided", [
        "after a death it is known what became of jobs in the background"]),
    "B3": ("a censored result was used after a resume", [
        "what no_log hides is there after a death, and readable by nobody",
        "what no_log kept out of the journal is found out again",
        "a command under no_log whose result is lost needs a decision",
        "a loop under no_log that was cut off has all its results"]),
    "B4": ("a resumed command ran beside its first copy", [
        "a run goes on when all has ended that it had started"]),
    "B5": ("undo overwrote what was edited since", [
        "undo shows, refuses and keeps what somebody has changed since",
        "what was changed since the run is left alone",
        "forced, an undo keeps what is there beside it"]),
    "B6": ("undo followed a link that came later", [
        "undo never goes through a link that came later", "<race>"]),
    "B7": ("undo lost attributes and times", [
        "all that belongs to a file comes back",
        "what is immutable is undone too",
        "extended attributes are kept up to a limit",
        "pipes and folders with their times come back"]),
    "B8": ("a report replaced a device", [
        "a report is written into what is no regular file",
        "output goes into what cannot be replaced"]),
    "B9": ("what could not be printed was no failure", [
        "whatever cannot be printed is a failure that is told"]),
    "B10": ("a NUL byte cut a path", [
        "a NUL byte in a path is refused and never the path's end",
        "a path is never cut at a NUL byte",
        "command refuses a NUL byte wherever it may stand"]),
    "B11": ("temporary names could be guessed", [
        "names that others have made stop no replacement",
        "a name that somebody took is not the last one"]),
    "B12": ("recursion left its folder through a link", [
        "a folder that is swapped for a link leads nowhere", "<race>"]),
    "B13": ("links to nothing were taken otherwise than by Ansible", [
        "links to nothing are taken as Ansible takes them"]),
    "B14": ("recursion stopped at a link to itself", [
        "what below a folder leads in a circle stops nothing"]),
    "B15": ("symbolic modes kept set-id bits of folders", [
        "symbolic modes set what they name, on folders too"]),
    "B16": ("names were taken for patterns", [
        "command takes a name that is there for itself, not for a pattern"]),
    "B17": ("a refused change left a trace", [
        "a change that failed leaves no trace of what was kept"]),
    "B18": ("bytes that are no UTF-8 were lost", [
        "bytes that are no UTF-8 go through a plan as they are",
        "text that is not UTF-8 is repaired on the way out"]),
    "B19": ("a failed removal named another reason", [
        "what may not be removed says so"]),
    "B20": ("a limit for the size of files ended the run", [
        "a limit for the size of files is an error and no end"]),
    "B21": ("a moment's failure held for the whole run, or was passed over", [
        "what a directory of accounts says does not hold for ever",
        "a file of accounts that could not be read is read again",
        "blocking work holds up no actor, and waits for a thread",
        "a journal with a record of a kind that nobody knows is refused",
        "<fault>"]),
    "C1": ("lines of a secret showed", [
        "each line of a secret of several lines is one",
        "a secret of several lines is hidden line by line"]),
    "C2": ("a secret in a name showed", [
        "a secret of several lines is hidden line by line", "<canary>"]),
    "C3": ("half a secret showed where output was cut", [
        "no half of a secret shows where output is cut",
        "a gap leaves no half of a secret"]),
    "C4": ("what was made of a secret showed", [
        "a secret is found in the forms that are made of it",
        "long secrets are found in lines of base64", "<canary>"]),
    "C5": ("programs inherited a secret's variable", [
        "no program inherits what a secret came from"]),
    "C6": ("the reason of a skip had what no_log hides", [
        "a secret of several lines is hidden line by line", "<canary>"]),
    "C7": ("a daemon without an environment outlived its task", [
        "a daemon without an environment is found and ended",
        "the watchdog finds what runs without an environment",
        "nothing outlives a run that is killed"]),
    "C8": ("what was printed changed the terminal", [
        "nothing that is printed changes the terminal",
        "what could change a terminal is replaced, and nothing else"]),
    "C9": ("what was cut off was not shown, nor counted", [
        "what was cut off is shown and counted as such",
        "SIGINT during fifty running tasks accounts for every task"]),
    "D1": ("parts of a play ran after one that failed", [
        "nothing of a play begins after one that failed",
        "a failed play keeps later plays from starting"]),
    "D2": ("an until that errs counted as fulfilled", [
        "a clause that cannot be evaluated fails the task", "<oracle>"]),
    "D3": ("templated names of handlers were not found", [
        "templated names and notifications find handlers",
        "names of handlers that are templates are evaluated once",
        "a notification of nobody ends the play"]),
    "D4": ("only the last item of a loop notified", [
        "templated names and notifications find handlers", "<oracle>"]),
    "D5": ("clauses did not know the attempts", [
        "the clauses know how many attempts there were"]),
    "D6": ("async failed in check mode", [
        "a job that would be forgotten is not found again in check mode",
        "check mode predicts the examples"]),
    "D7": ("keywords took no templates", [
        "keywords are read as Ansible takes them",
        "what a keyword cannot be is refused",
        "templates of keywords are evaluated to their types",
        "keywords may be templates, and may wait for what they need"]),
    "D8": ("check mode failed on a bare machine", [
        "check mode says on a bare root what the real run then does",
        "check mode goes through a whole plan on a bare machine"]),
    "D9": ("group_names was not Ansible's", [
        "group_by puts this host into a group", "<oracle>"]),
    "D10": ("keys of a playbook were left out", [
        "what a playbook has at its top is refused, not left out"]),
    "D11": ("options and words did nothing", [
        "options that would do nothing are refused",
        "only what is found when a plan runs makes its tags unknown",
        "what a keyword cannot be is refused",
        "every mistake in plans is answered as its file says"]),
    "D12": ("lstrip_blocks took the last line", [
        "blanks before a tag go, those at the end of the text stay"]),
    "D13": ("corners of templates were not Jinja2's", [
        "blanks of all scripts are trimmed around tags",
        "lines can be statements and comments",
        "text that is HTML makes HTML of what it is joined with",
        "web addresses become links as Jinja2 makes them",
        "digests have the names that hashlib has",
        "five thousand rounds are not written",
        "one thing is chosen of those that are given",
        "JSON in ASCII has no U+007F",
        "dates and moments of YAML are Python's",
        "templates give what Jinja2 and Ansible give"]),
    "D14": ("YAML that begins with a bracket was read as JSON", [
        "what is read as JSON and what as YAML"]),
    "D15": ("any program was taken for an engine", [
        "a runner is no engine for another",
        "pack refuses what it cannot find",
        "every mistake in plans is answered as its file says",
        "what is no deployment is refused"]),
    "D16": ("a plan was applied before its report was refused", [
        "nothing runs when its report could not be written",
        "no report takes the place of a file of the plan"]),
    "D17": ("the engine could not be used by others", [
        "a program that links the engine runs plans with its own module",
        "<consumer>"]),
    "D18": ("formats had no numbers of their own", [
        "the numbers of journals are the ones that are written down",
        "no two kinds of events have one number",
        "runs that older versions wrote down are read"]),
}

PROGRAMS = {"fault", "race", "canary", "oracle", "consumer"}


def titles_in(text):
    """Titles of tests: literals that stand one behind the other are one."""
    for found in re.findall(r'TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?'
                            r'((?:"(?:[^"\\]|\\.)*"\s*)+)', text):
        yield "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found))


def check_rows():
    """A test that is named here must be there."""
    tests = pathlib.Path(__file__).resolve().parent.parent
    known = {title for each in tests.rglob("*.test.cpp")
             for title in titles_in(each.read_text())}
    known |= {"<%s>" % each for each in PROGRAMS}
    for _, titles in list(ROWS.values()) + list(FOUND.values()):
        for title in titles:
            if title not in known:
                raise SystemExit("rows.py: there is no test %r" % title)
