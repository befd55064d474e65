#!/usr/bin/env python3
"""Compares what Troupe's modules do with what ansible-core's did.

See README.md. `--write` runs the cases through ansible-playbook and writes
what it did to expected/*.json; `--troupe` runs them through that binary and
compares.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import shutil
import sys
import tempfile

import case_files
import runners
import trees

sys.path.insert(0, str(case_files.HERE.parent))
import verdicts  # noqa: E402

EXPECTED = case_files.HERE / "expected"
# Cases that differ, of which nobody has said yet who is right.
OPEN = case_files.HERE / "open.json"


def can_run(case):
    for need in case.needs:
        if need == "root" and os.geteuid() != 0:
            return False
        if need.startswith("program ") and not shutil.which(need[8:]):
            return False
    return True


def run_book(cases, program, base):
    """Calls each case in all its phases; {name: {phase: outcome}}."""
    roots, before, out = {}, {}, {name: {} for name in cases}
    for number, (name, case) in enumerate(cases.items()):
        roots[name] = base / f"{number:04}"
        trees.make(case.tree, roots[name])
        before[name] = trees.look(roots[name], case.unseen)
    for phase in case_files.ALL_PHASES:
        now = {n: c for n, c in cases.items() if phase in c.phases}
        results = program.call(now, roots, phase) if now else {}
        for name in now:
            after = trees.look(roots[name], now[name].unseen)
            # No answer is never compared as if it were one.
            result = (runners.comparable(results[name], now[name], roots[name],
                                         phase)
                      if name in results else None)
            out[name][phase] = {"result": result,
                                "tree": trees.changes(before[name], after)}
            before[name] = after
    return out


def run_all(books, program, workers):
    """The same for all case files. Folders are as long as when the
    expectations were written, whatever TMPDIR says."""
    base = pathlib.Path(tempfile.mkdtemp(prefix="oracle-", dir="/tmp"))
    os.umask(0o022)
    if any("WEB" in case.described() for cases in books.values()
           for case in cases.values()):
        trees.web()
    try:
        def one(entry):
            number, (name, cases) = entry
            folder = base / f"{number:03}"
            folder.mkdir()
            return name, run_book(cases, program, folder)
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return dict(pool.map(one, enumerate(books.items())))
    finally:
        shutil.rmtree(base, ignore_errors=True)


def flat(x, prefix=""):
    """A value as {path: leaf}."""
    if isinstance(x, dict) and x:
        out = {}
        for key, inner in x.items():
            out.update(flat(inner, f"{prefix}.{key}" if prefix else key))
        return out
    return {prefix: x}


# That these are there says something, so a plan may ask whether they are.
TELLING = {"backup_file", "skipped", "msg", "diff", "failed_when_result"}


def is_more(key):
    """Whether a value that only Troupe returns is one more, no other one."""
    _, _, rest = key.partition(".result.")
    if rest.startswith("diff.") and rest.endswith("_header"):
        return True
    return bool(rest) and rest.split(".")[0] not in TELLING


def differences(expected, got):
    """[(path, line)] of what is different."""
    a, b = flat(expected), flat(got)
    out = []
    no_diff = "diff" not in expected.get("check", {}).get("result", {})
    for key in sorted({*a, *b}):
        if key not in a and is_more(key):
            continue
        if no_diff and key.startswith("check.result.diff"):
            continue
        if a.get(key, "(absent)") != b.get(key, "(absent)"):
            out.append((key, f"{key}: expected "
                             f"{json.dumps(a.get(key, '(absent)'))}, got "
                             f"{json.dumps(b.get(key, '(absent)'))}"))
    return out


def unanswered(outcome):
    """The phases in which there was no result."""
    return [phase for phase, one in outcome.items() if one["result"] is None]


def expectations(book):
    path = EXPECTED / f"{book}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def write(books, workers):
    got = run_all(books, runners.Ansible(), workers)
    silent = [f"{name}: no answer ({', '.join(unanswered(outcome))})"
              for outcomes in got.values()
              for name, outcome in outcomes.items() if unanswered(outcome)]
    if silent:
        sys.exit("\n".join(silent))
    for book, outcomes in got.items():
        known = {**expectations(book), **outcomes}
        current = case_files.load_book(case_files.HERE / "cases"
                                       / f"{book}.yml")
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(known[name])}"
                           for name in sorted(known) if name in current)
        EXPECTED.mkdir(exist_ok=True)
        (EXPECTED / f"{book}.json").write_text("{\n" + lines + "\n}\n")
        print(f"{book}: {len(outcomes)} cases written")


class Comparison:
    def __init__(self):
        self.agree = self.meant = self.wrong = self.undecided = 0
        self.used = set()
        self.open = set(json.loads(OPEN.read_text()))

    def complain(self, name, lines):
        self.wrong += 1
        print(f"{name}:\n  " + "\n  ".join(lines))

    def judge(self, case, expected, got):
        if unanswered(got):
            self.complain(case.name, [f"{phase}: no answer"
                                      for phase in unanswered(got)])
            return
        found = differences(expected, got)
        open_lines = []
        reasons = case.differences_meant()
        for path, line in found:
            why = [one for one in reasons
                   if any(fnmatch.fnmatchcase(path, p) for p in one["what"])]
            self.used.update(json.dumps(one, sort_keys=True) for one in why)
            if not why:
                open_lines.append(line)
        if case.name in self.open:
            if open_lines:
                self.undecided += 1
            else:
                self.complain(case.name, ["agrees, but stands in open.json"])
        elif open_lines:
            self.complain(case.name, open_lines)
        elif found:
            self.meant += 1
        else:
            self.agree += 1


def compare(books, command, workers, all_of_them):
    count = sum(len(cases) for cases in books.values())
    books = {book: {n: c for n, c in cases.items() if can_run(c)}
             for book, cases in books.items()}
    skipped = count - sum(len(cases) for cases in books.values())
    got = run_all(books, runners.Troupe(command), workers)
    out = Comparison()
    for book, cases in books.items():
        expected = expectations(book)
        for name, case in cases.items():
            if name in expected:
                out.judge(case, expected[name], got[book][name])
            else:
                out.complain(name, ["not expected yet; run with --write"])
    wrong = case_files.check_reasons(books)
    if all_of_them and not skipped:
        wrong += [f"no case differs like this any more: {one}"
                  for one in unused(books, out.used)]
    for line in wrong:
        out.wrong += 1
        print(line)
    print(f"{count} cases: {out.agree} agree, {out.meant} differ as "
          f"documented, {out.undecided} are open, {out.wrong} differ "
          f"otherwise, {skipped} left out")
    return 1 if out.wrong else 0


def unused(books, used):
    known = {json.dumps(one, sort_keys=True) for cases in books.values()
             for case in cases.values() for one in case.differs}
    return sorted(known - used)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--troupe", help="the binary to compare")
    options.add_argument("--write", action="store_true",
                         help="run ansible-playbook and keep what it does")
    options.add_argument("--workers", type=int, default=2)
    verdicts.add_sample(options)
    options.add_argument("only", nargs="*", help="how names of cases begin")
    chosen = options.parse_args()
    if not chosen.write and not chosen.troupe:
        options.error("give --troupe, --write or both")
    books = {book: {name: case for name, case in cases.items()
                    if verdicts.sampled(name, chosen.every)}
             for book, cases in case_files.load_all(chosen.only).items()}
    books = {book: cases for book, cases in books.items() if cases}
    if chosen.write:
        write(books, chosen.workers)
    if chosen.troupe:
        return compare(books, [os.path.abspath(chosen.troupe)],
                       chosen.workers,
                       not chosen.only and chosen.every == 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
