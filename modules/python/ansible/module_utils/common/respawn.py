"""Starts a module again under another Python."""

import os
import subprocess
import sys

_MARK = "TROUPE_MODULE_RESPAWNED"
_call = []


def started_as(words):
    """How the module was started: what follows the interpreter."""
    _call[:] = words


def has_respawned():
    return _MARK in os.environ


def respawn_module(interpreter_path):
    """Runs the module under this interpreter and ends with its code."""
    if has_respawned():
        raise Exception("module has already been respawned")
    if not _call:
        raise Exception("only a module that was started by its task can be "
                        "started again")
    done = subprocess.run([interpreter_path, *_call],
                          env=dict(os.environ, **{_MARK: "1"}))
    sys.exit(done.returncode)


def probe_interpreters_for_module(interpreter_paths, module_name):
    """The first of these interpreters that can import the module, or None."""
    for path in interpreter_paths:
        if not os.path.exists(path):
            continue
        done = subprocess.run([path, "-c", "import " + module_name],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            return path
    return None
