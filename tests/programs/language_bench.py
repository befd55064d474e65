#!/usr/bin/python3
"""Compares the language with Python's Jinja2 on the same templates.

usage: language_bench.py BENCH_PROGRAM TEMPLATE VARIABLES.json ...
Prints microseconds to parse and to render for both, and the ratios."""
import json
import subprocess
import sys
import time

import jinja2


def microseconds(run):
    run()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < 0.3:
        run()
        count += 1
    return (time.perf_counter() - start) / count * 1e6


def main():
    program, pairs = sys.argv[1], sys.argv[2:]
    ours = subprocess.run([program] + pairs, capture_output=True, text=True, check=True).stdout.splitlines()
    env = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined, cache_size=0)
    for line, path, names in zip(ours, pairs[::2], pairs[1::2]):
        parse, render = map(float, line.rsplit(' ', 2)[1:])
        source, names = open(path).read(), json.load(open(names))
        compiled = env.from_string(source)
        their_parse = microseconds(lambda: env.from_string(source))
        their_render = microseconds(lambda: compiled.render(names))
        print(f'{path}: parse {parse:.1f} against {their_parse:.1f} us ({their_parse / parse:.0f}x), '
              f'render {render:.1f} against {their_render:.1f} us ({their_render / render:.1f}x), '
              f'once {(their_parse + their_render) / (parse + render):.0f}x')
    print(ours[-1])


if __name__ == '__main__':
    main()
