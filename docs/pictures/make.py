#!/usr/bin/env python3
"""Makes the pictures of README.md: what a terminal shows of a run of site.yml
while it goes on, and the page of its report. `./dev pictures` calls it.

    make.py TROUPE
"""

import html
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS, LINES = 76, 24
# What is on the screen when the picture is taken.
MOMENT = re.compile(r"Warm up pages [5-9]/8")
COLOURS = {31: "#e06c75", 32: "#98c379", 33: "#e5c07b", 34: "#61afef",
           35: "#c678dd", 36: "#56b6c2"}


class Screen:
    """As much of a terminal as the live view uses."""

    def __init__(self):
        self.rows = [[]]
        self.style = ()

    def feed(self, text):
        for part in re.split(r"(\x1b\[[0-9;]*[A-Za-z]|\n)", text):
            if part == "\n":
                self.rows.append([])
            elif part.startswith("\x1b["):
                self.control(part[2:-1], part[-1])
            else:
                self.write(part.replace("\r", ""))

    def write(self, text):
        for char in text:
            if len(self.rows[-1]) == COLUMNS:
                self.rows.append([])
            self.rows[-1].append((char, self.style))

    def control(self, numbers, what):
        values = [int(x) for x in numbers.split(";") if x]
        if what == "m":
            self.style = () if values in ([], [0]) else self.style + tuple(values)
        elif what == "F":
            # Up, and to the beginning: what is drawn from there is erased.
            del self.rows[-1 - (values or [1])[0]:]
            self.rows.append([])

    def text(self):
        return "\n".join("".join(c for c, _ in row) for row in self.rows)


def spans(row):
    """A row as pieces of one style."""
    out = []
    for char, style in row:
        if out and out[-1][1] == style:
            out[-1][0] += char
        else:
            out.append([char, style])
    return out


def svg(screen):
    rows = [row for row in screen.rows][-LINES:]
    while rows and not rows[-1]:
        rows.pop()
    width, height, line = COLUMNS * 8.43 + 32, len(rows) * 19 + 28, 19
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
           'font-family="ui-monospace,monospace" font-size="14">' % (width, height),
           '<rect width="100%" height="100%" rx="8" fill="#21252b"/>']
    for number, row in enumerate(rows):
        out.append('<text xml:space="preserve" x="16" y="%d" fill="#d7dae0">'
                   % (28 + number * line))
        for text, style in spans(row):
            fill = next((COLOURS[s] for s in style if s in COLOURS), None)
            attributes = ' fill="%s"' % fill if fill else ""
            attributes += ' font-weight="bold"' if 1 in style else ""
            attributes += ' opacity=".6"' if 2 in style else ""
            out.append("<tspan%s>%s</tspan>" % (attributes, html.escape(text)))
        out.append("</text>")
    return "\n".join(out) + "\n</svg>\n"


def watch(troupe, environment):
    """Runs the plan on a terminal; what it shows at MOMENT."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(environment["PICTURE_ROOT"])
        os.execve(troupe, [troupe, "run", "site.yml", "--output", "live"],
                  dict(environment, TERM="xterm-256color"))
    subprocess.run(["stty", "cols", str(COLUMNS), "rows", str(LINES)],
                   stdin=terminal, check=True)
    screen, taken = Screen(), None
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            screen.feed(os.read(terminal, 65536).decode())
        except OSError:
            break
        if not taken and MOMENT.search(screen.text()):
            taken = svg(screen)
    os.waitpid(process, 0)
    if not taken:
        raise SystemExit("the moment of the picture never came:\n" + screen.text())
    return taken


def photograph(page, to):
    browser = shutil.which("chromium")
    subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu",
                    "--hide-scrollbars", "--force-device-scale-factor=1",
                    "--window-size=900,620", f"--screenshot={to}",
                    f"file://{page}"],
                   check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def main():
    troupe = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, PICTURE_ROOT=f"{folder}/site",
                           TROUPE_STATE_DIR=f"{folder}/state")
        os.mkdir(f"{folder}/site")
        shutil.copy(f"{HERE}/site.yml", f"{folder}/site")
        with open(f"{HERE}/live.svg", "w", encoding="utf-8") as out:
            out.write(watch(troupe, environment))
        subprocess.run([troupe, "report", "last", "--html", f"{folder}/run.html"],
                       check=True, env=environment)
        photograph(f"{folder}/run.html", f"{HERE}/report.png")


if __name__ == "__main__":
    main()
