"""Reads the case files: each is about one module and says, as data, what lies
in a folder, with which arguments the module is called, and where what Troupe
does differs on purpose. README.md beside this file describes the format.
"""

import copy
import itertools
import json
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parents[2]
# The one in C is there where libyaml is.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ALL_PHASES = ("check", "first", "again")


class Case:
    """One call of a module, with what it needs."""

    def __init__(self, name, book, text):
        self.name = name
        self.module = text.get("module", book.get("module"))
        self.args = text.get("args", {})
        self.tree_name = text.get("tree_name")
        self.tree = text.get("tree", book.get("tree", {}))
        self.phases = text.get("phases", book.get("phases", ALL_PHASES))
        self.ignore = [*book.get("ignore", []), *text.get("ignore", [])]
        self.differs = [*book.get("differs", []), *text.get("differs", [])]
        self.keywords = {**book.get("task", {}), **text.get("task", {})}
        self.unordered = [*book.get("unordered", []),
                          *text.get("unordered", [])]
        self.unseen = [*book.get("unseen", []), *text.get("unseen", [])]
        self.text = text.get("text", book.get("text", False))
        self.needs = [*book.get("needs", []), *text.get("needs", [])]
        self.variables = {**book.get("vars", {}), **text.get("vars", {})}

    def described(self):
        """What the expectation was made of: when it changes, so may that."""
        return json.dumps([self.module, self.args, self.tree, self.keywords,
                           list(self.phases), self.variables],
                          sort_keys=True, default=repr)

    def differences_meant(self):
        """Patterns of what may differ, after a look at who says so."""
        out = []
        for one in self.differs:
            where = one.get("where", {})
            have = {**self.args, "tree": self.tree_name}
            if all(have.get(k) in (v if isinstance(v, list) else [v])
                   for k, v in where.items()):
                out.append(one)
        return out


def load_book(path):
    with open(path, encoding="utf-8") as text:
        book = yaml.load(text, LOADER)
    cases = {}
    for entry in book["cases"]:
        for name, one in expand(entry, book):
            name = f"{path.stem}/{name}"
            if name in cases:
                sys.exit(f"{path}: the case {name} is there twice")
            cases[name] = Case(name, book, one)
    return cases


def load_all(only=()):
    """All case files as {name of the file: {name: case}}, or only cases whose
    names begin with one of these."""
    out = {}
    for path in sorted((HERE / "cases").glob("*.yml")):
        cases = {name: case for name, case in load_book(path).items()
                 if not only or name.startswith(tuple(only))}
        if cases:
            out[path.stem] = cases
    return out


def shown(x):
    text = "-" if x is None else x if isinstance(x, str) else json.dumps(x)
    # The name of a task is no template.
    text = text.replace("{{", "((").replace("}}", "))").replace("{%", "(%")
    return re.sub(r"[^\x21-\x7e]", "_", text)[:40]


def expand(entry, book):
    """The cases of an entry: one for each combination of what `each` lists."""
    each = entry.get("each")
    if not each:
        yield entry["case"], resolved(entry, book)
        return
    used = set()
    for values in itertools.product(*each.values()):
        picked = dict(zip(each, values))
        if any(all(picked.get(k) == v for k, v in without.items())
               for without in entry.get("without", [])):
            continue
        one = copy.deepcopy({k: v for k, v in entry.items()
                             if k not in ("each", "without")})
        for key, x in picked.items():
            if key == "tree":
                one["tree"] = x
            elif x is not None:
                one.setdefault("args", {})[key] = copy.deepcopy(x)
        label = ",".join(f"{k}={shown(v)}" for k, v in picked.items())
        name = f"{entry['case']}[{label}]"
        while name in used:
            name += "'"
        used.add(name)
        yield name, resolved(one, book)


def resolved(one, book):
    if isinstance(one.get("tree"), str):
        one = {**one, "tree": book["trees"][one["tree"]],
               "tree_name": one["tree"]}
    return one


def check_reasons(books):
    """What is wrong with the reasons for differences: each is a page and
    words that stand on it."""
    wrong = set()
    for cases in books.values():
        for case in cases.values():
            for one in case.differs:
                page = SOURCES / "docs" / one["page"]
                words = " ".join(str(one["says"]).split())
                if not page.exists():
                    wrong.add(f"{case.name}: there is no {page}")
                elif words not in " ".join(page.read_text().split()):
                    wrong.add(f"{one['page']} does not say: {words}")
    return sorted(wrong)
