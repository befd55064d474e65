#!/usr/bin/env python3
"""Writes the first inputs of a fuzz target into a folder: seeds.py TARGET FOLDER

The language starts from the cases of its differential test, the other targets
from the plans of the tests and the variables of those cases."""

import glob
import hashlib
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# What language_fuzz.cpp does with an input is chosen by its first byte.
KINDS = {"expression": 0, "template": 1, "condition": 2}


def cases():
    with open(f"{ROOT}/tests/config/language/oracle.jsonl", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def language():
    for case in cases():
        if isinstance(case["template"], str):
            kind = 4 if case.get("native") else KINDS[case["kind"]]
            yield bytes([kind]) + case["template"].encode(errors="surrogatepass")


def variables():
    for case in cases():
        if case.get("vars"):
            yield json.dumps(case["vars"]).encode()


def plans():
    for path in glob.glob(f"{ROOT}/tests/plans/*.json") + glob.glob(f"{ROOT}/examples/*.json"):
        with open(path, "rb") as file:
            yield file.read()


def texts():
    """Texts of several lines in the variables: many of them are YAML."""
    for case in cases():
        for text in case.get("vars", {}).values():
            if isinstance(text, str) and (":" in text or "\n" in text):
                yield text.encode(errors="surrogatepass")


SEEDS = {"language": [language], "json": [variables, plans], "yaml": [texts, variables, plans], "plan": [plans]}


def main():
    target, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for make in SEEDS.get(target, []):
        for seed in make():
            if len(seed) <= 4096:
                with open(f"{folder}/{hashlib.sha1(seed).hexdigest()}", "wb") as file:
                    file.write(seed)


if __name__ == "__main__":
    main()
