"""Calls Ansible's modules one after the other, as its executor would, but in
processes that need not be started first. Standard input has a list of
{name, module, args, check, diff, limit}; standard output gets {name: result},
without those that took longer than `limit` seconds.
"""

import json
import os
import runpy
import select
import signal
import sys
import tempfile

# Loaded once, for all.
import ansible.module_utils.basic as basic
import ansible.module_utils.common.respawn  # noqa: F401
import ansible.module_utils.urls  # noqa: F401


def complete(task, folder):
    return {**task["args"], "_ansible_check_mode": task["check"],
            "_ansible_diff": task["diff"], "_ansible_no_log": False,
            "_ansible_debug": False, "_ansible_verbosity": 0,
            "_ansible_version": "2.14.18",
            "_ansible_module_name": task["module"],
            "_ansible_syslog_facility": "LOG_USER",
            "_ansible_selinux_special_fs": ["fuse", "nfs", "vboxsf", "ramfs",
                                            "9p", "vfat"],
            "_ansible_string_conversion_action": "warn",
            "_ansible_socket": None, "_ansible_shell_executable": "/bin/sh",
            "_ansible_keep_remote_files": False, "_ansible_tmpdir": folder,
            "_ansible_remote_tmp": folder}


def call(task, folder):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.setsid()
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            args = {"ANSIBLE_MODULE_ARGS": complete(task, folder)}
            basic._ANSIBLE_ARGS = json.dumps(args).encode()
            code = 0
            try:
                runpy.run_module("ansible.modules." + task["module"],
                                 run_name="__main__")
            except SystemExit as why:
                code = why.code or 0
            except BaseException as why:  # Its executor sees a traceback.
                print(repr(why), file=sys.stderr)
                code = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 1)
        in_time = ends_in_time(child, task["limit"])
        os.waitpid(child, 0)
        if not in_time:
            return None
        out.seek(0)
        err.seek(0)
        return answer(out.read().decode(), err.read().decode())


def ends_in_time(child, limit):
    """Waits; afterwards the child has ended, by itself or not."""
    handle = os.pidfd_open(child)
    try:
        wait = select.poll()
        wait.register(handle, select.POLLIN)
        if wait.poll(limit * 1000):
            return True
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)
    try:
        # With what it has started.
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return False


def answer(out, err):
    try:
        return json.loads(out)
    except ValueError:
        return {"failed": True, "msg": "MODULE FAILURE",
                "module_stdout": out, "module_stderr": err, "rc": 1}


def main():
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="ansible-tmp-") as folder:
        results = {task["name"]: call(task, folder)
                   for task in json.load(sys.stdin)}
    json.dump({name: result for name, result in results.items()
               if result is not None}, sys.stdout)


if __name__ == "__main__":
    main()
