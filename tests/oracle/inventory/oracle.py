#!/usr/bin/env python3
"""Writes what ansible-core 2.14 says of the inventories in cases/.

Each case is a folder; every line of its file `asked` is a command line for
ansible-inventory, whose answer goes to expected/CASE.NUMBER. What `ansible
--list-hosts` chooses of the inventory `farm` for the lines of `patterns` goes
to expected/patterns. The tests compare Troupe with them ([inventory] of
e2e_tests).
"""

import pathlib
import shlex
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "expected"


def ask(program, line, folder):
    ran = subprocess.run([program, *line], cwd=folder, text=True,
                         capture_output=True, check=False)
    return ran.stdout


def main():
    EXPECTED.mkdir(exist_ok=True)
    for case in sorted((HERE / "cases").iterdir()):
        lines = (case / "asked").read_text().splitlines()
        for number, line in enumerate(lines, 1):
            text = ask("ansible-inventory", shlex.split(line), case)
            (EXPECTED / f"{case.name}.{number}").write_text(text)
    rows = []
    for pattern in (HERE / "patterns").read_text().splitlines():
        text = ask("ansible", [pattern, "-i", "farm", "--list-hosts"], HERE)
        hosts = [one.strip() for one in text.splitlines()[1:]]
        rows.append(pattern + "\t" + " ".join(hosts))
    (EXPECTED / "patterns").write_text("\n".join(rows) + "\n")


main()
