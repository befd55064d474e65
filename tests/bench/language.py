"""Compares the language with Python's Jinja2 on the same templates.

Each template is parsed and rendered by both in turns; what counts is the
median of the ratios of a turn, as a busy machine holds up both alike. Jinja2
gets the filters of ansible-core where that is installed; it never reads
variables as templates, so only templates that come out equal are compared."""

import json
import os
import statistics
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


def best(run, rounds=3, seconds=0.02):
    run()
    number = max(1, int(seconds / max(1e-7, timeit.timeit(run, number=3) / 3)))
    return min(timeit.repeat(run, number=number, repeat=rounds)) / number


def written(case, path):
    """The files of a case, as the program reads them."""
    _, source, names = case
    for suffix, text in ((".j2", source), (".json", json.dumps(names))):
        with open(path + suffix, "w", encoding="utf-8") as out:
            out.write(text)
    return [path + ".j2", path + ".json"]


def printed_by(program, arguments=()):
    ran = subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout.split()


def turn(program, paths, env, source, names):
    """Parse, their parse, render, their render in seconds."""
    parse, render = (float(x) / 1e6 for x in printed_by(program, paths)[-2:])
    compiled = env.from_string(source)
    return (parse, best(lambda: env.from_string(source)),
            render, best(lambda: compiled.render(names)))


def measure(program, folder, own, turns=15):
    """Rows of (name, bytes, parse, their parse, render, their render, how many times
    faster to render, how many times once), conditions a second, and what was skipped."""
    env = environment()
    mined = long_templates(env)
    rows = []
    for case in own + mined:
        name, source, names = case
        paths = written(case, f"{folder}/language")
        found = [turn(program, paths, env, source, names) for _ in range(turns)]
        times = [statistics.median(each) for each in zip(*found)]
        faster = statistics.median(r / render for _, _, render, r in found)
        once = statistics.median((p + r) / (parse + render) for parse, p, render, r in found)
        rows.append((name, len(source), *times, faster, once))
    skipped = "" if mined else "skipped: the templates of real roles are not here"
    conditions = statistics.median(float(printed_by(program)[1]) for _ in range(turns))
    return rows, conditions, skipped


def print_table(rows, conditions, skipped):
    print("| template | bytes | parse | Jinja2 | render | Jinja2 | faster | once | faster | aim | |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, size, parse, their_parse, render, their_render, faster, once in rows:
        verdict = "ok" if faster >= RENDER_AIM and once >= ONCE_AIM else "under"
        print(f"| {name} | {size} | {parse * 1e6:.1f} us | {their_parse * 1e6:.0f} us "
              f"| {render * 1e6:.2f} us | {their_render * 1e6:.1f} us | {faster:.1f} x "
              f"| {(parse + render) * 1e6:.1f} us | {once:.0f} x | {RENDER_AIM} x, {ONCE_AIM} x | {verdict} |")
    verdict = "ok" if conditions >= CONDITIONS_AIM else "under"
    print(f"| conditions | | | | | | | {conditions / 1e6:.2f} M/s | | {CONDITIONS_AIM / 1e6:.0f} M/s | {verdict} |")
    if skipped:
        print(f"\n{skipped}")
