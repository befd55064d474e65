#!/usr/bin/env python3
"""tidy.py BUILD JOBS FILE...: looks at sources with clang, and at those of one
folder together with clang-tidy.

Most of what clang-tidy does for one file is to go through its headers, and files
of a folder share them. That each file includes what it needs is seen by compiling
it alone, which takes a fifth of that.
"""

import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

# Files that are looked at together.
MOST = 8
# What clang does not understand.
ONLY_GCC = {"-fpch-preprocess"}


def flags_of(entry):
    """What a command of g++ says that clang understands."""
    words = shlex.split(entry["command"])[1:]
    out = []
    while words:
        word = words.pop(0)
        if word in ("-o", "-c"):
            words.pop(0)
        elif word not in ONLY_GCC:
            out.append(word)
    return out + ["-Wno-unknown-warning-option"]


def groups_of(files, commands):
    """Files of one folder with the same flags, a few at a time."""
    by_folder = {}
    for each in files:
        entry = commands.get(os.path.abspath(each))
        if entry is None:
            sys.exit("tidy.py: nobody compiles " + each)
        flags = tuple(flags_of(entry))
        by_folder.setdefault((os.path.dirname(each), flags), []).append(each)
    for (folder, flags), members in sorted(by_folder.items()):
        for at in range(0, len(members), MOST):
            yield folder, flags, members[at:at + MOST]


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    # Without findings it only counts what it has left out.
    return "" if done.returncode == 0 else done.stdout


def look_at(build, number, folder, flags, members):
    for each in members:
        if said := run(["clang++-14", "-fsyntax-only", *flags, each]):
            return said
    together = os.path.join(build, "tidy", "%s-%d.cpp"
                            % (folder.replace("/", "_"), number))
    with open(together, "w") as out:
        for each in members:
            out.write('#include "%s" // NOLINT\n' % os.path.abspath(each))
    return run(["clang-tidy-14", "--quiet", "--config-file=.clang-tidy",
                together, "--", *flags])


def main():
    build, jobs, files = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with open(os.path.join(build, "compile_commands.json")) as text:
        commands = {each["file"]: each for each in json.load(text)}
    os.makedirs(os.path.join(build, "tidy"), exist_ok=True)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        work = [pool.submit(look_at, build, number, *group)
                for number, group in enumerate(groups_of(files, commands))]
        for each in concurrent.futures.as_completed(work):
            if said := each.result():
                failed = True
                print(said, flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
