"""The canaries: texts that nobody may see, and the forms they might be seen in."""

import base64
import json
import random
import re
import shlex
import urllib.parse

SHORTEST_SECRET = 4
SHORTEST_LINE = 6


def noise(seed, size, alphabet):
    picker = random.Random(seed)
    return "".join(picker.choice(alphabet) for _ in range(size))


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


def private_key():
    lines = [noise(n, 64, LETTERS + "+/") for n in range(25)]
    return "\n".join(["-----BEGIN K9 PRIVATE KEY-----"] + lines +
                     ["-----END K9 PRIVATE KEY-----"])


# Name -> text; from 4 to 4,096 bytes.
CANARIES = {
    "short": "Zq7#",
    "quotes": "K9\"dbl\"'sgl'`tick`x8Wv",
    "backslash": "Wm4\\n7Qe\\\\t\\x41Rk\\",
    "lines": "first-Xk3vP9\nsecond \"Hq8\" 2Lw\r\n\tthird-T6y: {Rn4}\n\nlast-M5c",
    "key": private_key(),
    "accents": "pä55-wörd-Ünï-Żółć-密碼-🔑-Kx7",
    "template": "Jc2{{ 7 * 191 }}{% raw %}Rv8$=Dn5%s{# Vb6 #}",
    "spaces": "correct  horse battery staple-Gt5 and more-Nz2",
    "slashes": "/canary-Yd3/below-Fh7/hushed-Ps4",
    "percents": "100%25-Lr6%s%d%n%2F%41 Uk9?a=b&c=d+e",
    "base64like": noise(77, 38, LETTERS + "+/") + "==",
    "binary": "B7\x01\x02\x1b[31mQv5\x7f\tX\x9f\xff\x08Dn3",
    "bytes": "Nh6\udcff\udcfeTg3\udc80\udce4Wy9",
    "large": noise(4096, 4096, LETTERS + " -_./:=+'\""),
}


def encoded(text):
    return text.encode("utf-8", "surrogateescape")


def lines_of(text):
    """The text, and each of its lines that is long enough to be looked for."""
    out = [text]
    if "\n" in text:
        out += [line.strip(" \t\r\v\f") for line in text.split("\n")]
    return [each for n, each in enumerate(out)
            if n == 0 or len(encoded(each)) >= SHORTEST_LINE]


def base64_forms(secret):
    """Those letters that depend on nothing but the secret, at each place."""
    for before in range(3):
        letters = base64.b64encode(b"\0" * before + secret).decode()
        first = (before * 8 + 5) // 6
        last = (before + len(secret)) * 8 // 6
        yield letters[first:last]
        yield letters[first:last].replace("+", "-").replace("/", "_")


def forms_of(text):
    """name of the form -> bytes."""
    raw = encoded(text)
    out = {
        "plain": raw,
        "json": json.dumps(text)[1:-1].encode(),
        "json utf-8": encoded(json.dumps(text, ensure_ascii=False)[1:-1]),
        "json slashes": json.dumps(text)[1:-1].replace("/", "\\/").encode(),
        "yaml": encoded(text.replace("'", "''")),
        "repr": encoded(repr(text)[1:-1]),
        "shell": encoded(shlex.quote(text).strip("'")),
        "url": urllib.parse.quote(raw).encode(),
        "url component": urllib.parse.quote(raw, safe="").encode(),
        "form": urllib.parse.quote_plus(raw).encode(),
    }
    for number, letters in enumerate(base64_forms(raw)):
        out["base64 %d" % number] = letters.encode()
    return {name: form for name, form in out.items()
            if len(form) >= SHORTEST_SECRET}


def pieces_of(text):
    """Parts of the text that nothing but a leak can have: none of them has a
    blank at an end, a letter of a form, or is a word."""
    size = 12 if len(text) > 200 else 8
    step = size if len(text) > 200 else 1
    for at in range(0, len(text) - size + 1, step):
        piece = text[at:at + size]
        if "\n" not in piece and "\r" not in piece and \
                not re.search("PRIVATE|BEGIN|END|battery|horse|correct|stapl",
                              piece):
            yield encoded(piece)


def needles(text):
    """bytes -> what they are."""
    out = {}
    for line in lines_of(text):
        for name, form in forms_of(line).items():
            out.setdefault(form, name if line == text else name + " of a line")
    for piece in pieces_of(text):
        out.setdefault(piece, "a part")
    return out
