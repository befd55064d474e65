#!/usr/bin/env python3
"""Whether the comparison itself notices what it is for. Needs no Ansible."""

import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import case_files
import oracle

HERE = pathlib.Path(__file__).resolve().parent


class Silent:
    """Answers nothing about anything, and does nothing."""

    def call(self, _cases, _roots, _phase):
        return {}


class Comparing(unittest.TestCase):
    def test_no_answer_is_not_what_was_expected(self):
        books = case_files.load_all(["stat"])
        got = oracle.run_all(books, Silent(), 1)
        for book, cases in books.items():
            expected = oracle.expectations(book)
            for name, case in cases.items():
                judged = oracle.Comparison()
                with contextlib.redirect_stdout(io.StringIO()):
                    judged.judge(case, expected[name], got[book][name])
                self.assertEqual(judged.wrong, 1, name)

    def test_no_answer_is_not_kept_as_expected(self):
        with (tempfile.TemporaryDirectory() as folder,
              mock.patch.object(oracle, "EXPECTED", pathlib.Path(folder)),
              mock.patch.object(oracle.runners, "Ansible", Silent)):
            with self.assertRaisesRegex(SystemExit, "no answer"):
                oracle.write(case_files.load_all(["stat"]), 1)
            self.assertEqual(os.listdir(folder), [])


class Calling(unittest.TestCase):
    """call_modules.py with modules of ours in the place of Ansible's."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(self.folder.name) / "ansible"
        for name in ("__init__", "module_utils/__init__",
                     "module_utils/basic", "module_utils/urls",
                     "module_utils/common/__init__",
                     "module_utils/common/respawn", "modules/__init__"):
            path = base / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        (base / "modules/answers.py").write_text("print('{\"changed\": true}')")
        (base / "modules/hangs.py").write_text(
            "import signal\nsignal.pause()\n")

    def tearDown(self):
        self.folder.cleanup()

    def test_a_module_that_hangs_has_no_answer(self):
        tasks = [{"name": name, "module": name, "args": {}, "check": False,
                  "diff": False, "limit": limit}
                 for name, limit in (("hangs", 0.2), ("answers", 60))]
        done = subprocess.run(
            [sys.executable, str(HERE / "call_modules.py")],
            input=json.dumps(tasks), text=True, capture_output=True,
            check=True, timeout=100,
            env=dict(os.environ, PYTHONPATH=self.folder.name))
        self.assertEqual(json.loads(done.stdout),
                         {"answers": {"changed": True}})


if __name__ == "__main__":
    unittest.main()
