#!/usr/bin/env python3
"""Writes the first inputs of a fuzz target into a folder: seeds.py TARGET FOLDER

The language starts from the cases of its differential test; JSON, YAML and
plans from the plans of the tests, the variables of those cases and what stands
in `ODD`; journal and payload from what tests/formats keeps of each version; the
link and lines of calls from frames of each type; HTTP from heads of requests; inventories, patterns and encrypted texts from
those that are compared with Ansible."""

import glob
import hashlib
import json
import os
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# What the fuzzers get at most; see ./dev fuzz.
LONGEST = 8192
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


# Keys that are no text, tags, anchors and what they lead to, where a plan has its
# tables.
ODD = [
    "1: one\ntrue: yes\n~: null\n1.5: x\n2001-01-01: day\n[a, b]: list\n? {a: 1}\n: table\n",
    "inventory: {hosts: {1: {}, null: {x: 1}, true: {ansible_host: 2}}}\ntasks: []\n",
    "groups: {7: [1, 2], 1.5: {hosts: [3]}, ~: {vars: {4: 5}}}\ntasks:\n- ping:\n",
    "facts_template: {custom_facts: {7: x, [1]: y}}\ntasks:\n- debug: {1: 2, msg: 3}\n",
    "vars: {1: a, !!str 2: b, !!int '3': c, !!binary aGk=: d}\ntasks:\n- debug: {var: 1}\n",
    "vars:\n  base: &base {a: 1, 2: b}\n  more: {<<: *base, c: 3}\n  both: {<<: [*base, {d: 4}], 5: e}\n"
    "tasks:\n- &t {debug: {msg: '{{ more }}'}}\n- *t\n- <<: *t\n  when: true\n",
    "x: &x [*x]\n", "a: &a {b: &b {c: *a}}\nd: *b\n", "<<: 1\n", "<<: [1, {a: 2}]\n",
    "a: &a [1,1]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n",
    "- !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3031\n- !unsafe '{{ x }}'\n- !!set {a, 1}\n- !!omap [1: 2]\n"
    "- !!timestamp 2001-12-14t21:59:43.10-05:00\n- !!float .inf\n- !!null ''\n- !own {1: !other x}\n",
    "- hosts: all\n  vars: {1: 2}\n  environment: {3: 4, ~: 5}\n  tasks:\n  - command: {argv: [1, ~, true]}\n"
    "    args: {1: 2}\n    loop: {1: 2}\n    loop_control: {3: 4}\n    tags: [1, ~, {2: 3}]\n    when: [1, {4: 5}, ~]\n"
    "    notify: {6: 7}\n    register: 8\n  handlers: [{name: 9, listen: 1, ping: }]\n",
    "- block: {1: 2}\n  rescue: [3]\n  always: ~\n  1: 2\n- 7: {}\n- ~\n- 1.5\n- [x]\n",
    "%YAML 1.1\n%TAG !e! tag:example.org,2000:\n---\n!e!a {? [1, 2] : 3}\n...\n---\n&b b: *b\n",
    "settings: {1: 2, parallel_tasks: !!str 3}\nmodule_defaults: {4: {5: 6}, file: {7: 8}}\ntasks: [{file: {path: &p /x}}, *p]\n",
]


def odd():
    return [text.encode() for text in ODD]


def kept(pattern):
    for path in sorted(glob.glob(f"{ROOT}/tests/formats/*/{pattern}")):
        with open(path, "rb") as file:
            yield file.read()


def records(log):
    """Type and payload of the records of a journal."""
    at = log.index(b"\n") + 1
    while at + 9 <= len(log):
        length = struct.unpack_from("<I", log, at)[0]
        yield log[at + 8], log[at + 9:at + 8 + length]
        at += 8 + length


def journals():
    """By what journal_fuzz.cpp does with the rest: a whole journal; its records
    with checksums that are made right; the same damaged; single records."""
    for log in kept("state/runs/*/journal"):
        yield b"\0" + log
        all_of_them = b"".join(struct.pack(">BH", kind, len(what)) + what for kind, what in records(log))
        yield b"\1" + all_of_them
        yield b"\2\3\0\0" + all_of_them
        yield b"\2\3\0\1" + all_of_them
        for kind, what in records(log):
            yield b"\1" + struct.pack(">BH", kind, len(what)) + what
            if kind in (1, 7, 9):
                yield bytes([{1: 6, 7: 3, 9: 5}[kind]]) + what
            if kind == 7:
                yield b"\4" + what


def payloads():
    """A runner, its archive, names and contents, its trailer, its manifest."""
    for runner in kept("payload"):
        begin, end = runner.index(b"PK\3\4"), runner.index(b"troupe payload")
        yield b"\0" + runner
        yield b"\1" + runner[begin:]
        yield b"\2" + runner[begin:end]
        yield b"\4" + runner[end:]
    yield b"\3plan/site.yml=tasks: []\nplan/files/a=aaaaaaaaaaaaaaaaaaaa\nplan/files/b/c=\n"
    yield b"\3a=1\na/b=2\n../c=3\n/d=4\nmanifest.json=5\n"
    member = {"name": "plan/site.yml", "size": 9, "mode": "0644", "sha256": "0" * 64}
    manifest = {"format": 1, "name": "x", "packed_by": "1", "plan": "plan/site.yml", "host": "", "settings": {"a": 1},
                "vars": {"b": [None, 1.5]}, "sealed_vars": "", "secrets": {"c": "env:C"}, "empty_folders": ["plan/d"],
                "members": [member]}
    yield b"\5" + json.dumps(manifest).encode()


def frames():
    """Frames of each type in pieces, for each role at each end; payloads alone."""
    payloads = [b"", b"\0", b"\1", b"\1" * 8, b"\1\3run\0\7\1\2{}", b"\0\1x" * 4, b"\3run\0\1.", b"\1\1\1x\0\0"]
    for number in range(20):
        for payload in payloads:
            yield bytes([255, number]) + payload
            frame = len(payload).to_bytes(4, "little") + bytes([number]) + payload
            for how in (16, 20, 28, 48, 17, 21, 0, 4, 144):
                yield bytes([how]) + bytes([len(frame), 3]) + frame + bytes([5, 60]) + b"\0\0\0\0\4" + bytes([0, 100])


def inventories():
    for path in (glob.glob(f"{ROOT}/tests/oracle/inventory/**", recursive=True)
                 + glob.glob(f"{ROOT}/tests/config/vault/made/*")):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                yield file.read()
    with open(f"{ROOT}/tests/oracle/inventory/patterns", "rb") as file:
        yield from file.read().splitlines()


def calls():
    """Messages of each type in pieces, some of two frames; see actors/remote/call_message.cpp."""
    payloads = [b"", b"\1", b"\0" * 12, b"\3abc\1x\2yy\1", b"\7\4copy\0\0" + b"\0" * 20,
                b"\1" + b"\0" * 7 + b"\2no\1\4\0\0\0\0\0", b"\5\3out"]
    for number in range(8):
        for payload in payloads:
            frame = len(payload).to_bytes(4, "little") + bytes([number]) + payload
            part = b"\2\0\0\0" + bytes([number | 128]) + b"\1\1"
            for piece in (0, 4, 255):
                yield bytes([piece]) + frame * 2
                yield bytes([piece]) + part + frame


def requests():
    """Heads of requests, good ones and those that are refused."""
    for first in ("GET / HTTP/1.1", "POST /v1/runs/a%20b?x=1+2&y=%26&x=3 HTTP/1.1", "GET /?&&=&a HTTP/1.0",
                  "HEAD /%zz HTTP/1.1", "GET  / HTTP/1.1", "G@T / HTTP/1.1", "GET x HTTP/1.1", "GET / HTTP/2"):
        for lines in ("", "Host: example.com\r\n", "Content-Length: 12\r\n", "Content-Length: 1\r\ncontent-length: 2\r\n",
                      "Transfer-Encoding: chunked\r\n", "Cookie: a=b; c=d\r\n folded\r\n", "A : b\r\n", "A: \tb\t \r\n",
                      "A: b\nB: c\r\n", "A:b\r\n" * 70):
            for rest in ("\r\n", "\r\nbody", "\n", ""):
                yield f"{first}\r\n{lines}{rest}".encode()


SEEDS = {"language": [language], "json": [variables, plans], "yaml": [texts, variables, plans, odd],
         "plan": [plans, odd], "journal": [journals], "payload": [payloads], "link": [frames],
         "inventory": [inventories], "calls": [calls],
         "http": [requests]}


def main():
    target, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for make in SEEDS[target]:
        for seed in make():
            if len(seed) <= LONGEST:
                with open(f"{folder}/{hashlib.sha1(seed).hexdigest()}", "wb") as file:
                    file.write(seed)


if __name__ == "__main__":
    main()
