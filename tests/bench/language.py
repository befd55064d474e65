"""Compares the language with Python's Jinja2 on the same templates.

Both parse and render in turns, and the best of several rounds counts: what a
busy machine adds says nothing about either. Jinja2 gets the filters of
ansible-core where that is installed; it never reads variables as templates, so
only templates that come out equal are compared."""

import json
import os
import subprocess
import timeit

CASES = os.path.join(os.path.dirname(__file__), "../../../shared/oracle/visible.jsonl")
RENDER_AIM = 10
ONCE_AIM = 20
CONDITIONS_AIM = 1_000_000


def environment():
    import jinja2
    env = jinja2.Environment(trim_blocks=True, cache_size=0, keep_trailing_newline=True,
                             undefined=jinja2.StrictUndefined)
    try:
        from ansible.plugins.filter import core, mathstuff
        env.filters.update(core.FilterModule().filters())
        env.filters.update(mathstuff.FilterModule().filters())
    except ImportError:
        pass
    return env


def long_templates(env, wanted=5):
    """The longest templates of real roles that Jinja2 alone renders as Ansible does."""
    if not os.path.exists(CASES):
        return []
    with open(CASES, encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    cases = [c for c in cases if c["kind"] == "template" and "source" in c and "ok" in c["expect"]
             and not any(c.get(k) for k in ("settings", "files", "unsafe"))]
    found = []
    for case in sorted(cases, key=lambda c: -len(c["template"])):
        try:
            same = env.from_string(case["template"]).render(case["vars"]) == case["expect"]["ok"]
        except Exception:  # whatever plain Jinja2 does not know
            same = False
        if same:
            found.append((case["id"], case["template"], case["vars"]))
        if len(found) == wanted:
            break
    return found


def best(run, rounds=3, seconds=0.05):
    run()
    number = max(1, int(seconds / max(1e-7, timeit.timeit(run, number=3) / 3)))
    return min(timeit.repeat(run, number=number, repeat=rounds)) / number


def written(cases, folder):
    """The files of the cases, as the program reads them."""
    paths = []
    for number, (_, source, names) in enumerate(cases):
        for suffix, text in ((".j2", source), (".json", json.dumps(names))):
            paths.append(f"{folder}/language{number}{suffix}")
            with open(paths[-1], "w", encoding="utf-8") as out:
                out.write(text)
    return paths


def ours(program, paths):
    """(parse, render) of each template in seconds, and conditions a second."""
    ran = subprocess.run([program] + paths, check=True, stdout=subprocess.PIPE, text=True)
    *templates, conditions = ran.stdout.splitlines()
    return ([[float(x) / 1e6 for x in line.split()[-2:]] for line in templates],
            float(conditions.split()[1]))


def theirs(env, cases):
    found = []
    for _, source, names in cases:
        compiled = env.from_string(source)
        found.append((best(lambda: env.from_string(source)), best(lambda: compiled.render(names))))
    return found


def measure(program, folder, own, turns=3):
    """Rows of (name, bytes, parse, their parse, render, their render) in seconds,
    conditions a second, and what was skipped."""
    env = environment()
    mined = long_templates(env)
    cases = own + mined
    paths = written(cases, folder)
    rounds = [(ours(program, paths), theirs(env, cases)) for _ in range(turns)]
    rows = []
    for i, (name, source, _) in enumerate(cases):
        parse, render = (min(mine[i][k] for (mine, _), _ in rounds) for k in (0, 1))
        their_parse, their_render = (min(other[i][k] for _, other in rounds) for k in (0, 1))
        rows.append((name, len(source), parse, their_parse, render, their_render))
    skipped = "" if mined else "skipped: the templates of real roles are not here"
    return rows, max(each for (_, each), _ in rounds), skipped


def print_table(rows, conditions, skipped):
    print("| template | bytes | parse | Jinja2 | render | Jinja2 | faster | once | faster | aim | |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, size, parse, their_parse, render, their_render in rows:
        faster = their_render / render
        once = (their_parse + their_render) / (parse + render)
        verdict = "ok" if faster >= RENDER_AIM and once >= ONCE_AIM else "under"
        print(f"| {name} | {size} | {parse * 1e6:.1f} us | {their_parse * 1e6:.0f} us "
              f"| {render * 1e6:.2f} us | {their_render * 1e6:.1f} us | {faster:.1f} x "
              f"| {(parse + render) * 1e6:.1f} us | {once:.0f} x | {RENDER_AIM} x, {ONCE_AIM} x | {verdict} |")
    verdict = "ok" if conditions >= CONDITIONS_AIM else "under"
    print(f"| conditions | | | | | | | {conditions / 1e6:.2f} M/s | | {CONDITIONS_AIM / 1e6:.0f} M/s | {verdict} |")
    if skipped:
        print(f"\n{skipped}")
