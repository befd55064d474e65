#!/usr/bin/env python3
"""Makes the picture of the page: a run on 200 hosts that act, some of which
fail. `./dev pictures` calls it.

    page.py TROUPE ACTING_HOSTS
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../tests/web"))
from browser import Browser  # noqa: E402
from png import shrunk  # noqa: E402
from stage import Stage  # noqa: E402
from visit import EVERY, HOSTS, REST, Visit, send  # noqa: E402


def main(troupe, actors):
    stage, browser = Stage(troupe, actors), None
    try:
        stage.make_hosts(HOSTS, 400)
        stage.start()
        stage.let_join(EVERY, REST)
        browser = Browser()
        visit = Visit(stage, browser, None)
        visit.page.window(1000, 720)
        visit.sign_in(stage.token("alice", "operator"))
        send(visit, "site.json")
        # Some have failed, and the others go on.
        visit.page.until("document.querySelectorAll('.grid-head .small').length > 10")
        visit.page.js("document.querySelector('.grid').scrollTop = 26 * 13; new Promise((done) => setTimeout(done, 100))")
        visit.page.js("document.activeElement.blur()")
        path = os.path.join(HERE, "page.png")
        visit.page.picture(path)
        with open(path, "rb") as large:
            small = shrunk(large.read())
        with open(path, "wb") as out:
            out.write(small)
    finally:
        if browser:
            browser.close()
        stage.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
