"""Programs that a module starts."""

import os
import re
import shlex
import subprocess

from ansible.module_utils.common.process import get_bin_path
from ansible.module_utils.common.text.converters import (
    to_bytes, to_native, to_text)


class CommandTools:
    """The part of AnsibleModule that is about programs."""

    def get_bin_path(self, arg, required=False, opt_dirs=None):
        try:
            return get_bin_path(arg, opt_dirs)
        except ValueError as problem:
            if required:
                self.fail_json(msg=to_native(problem))
            return None

    def _words_of(self, args, use_unsafe_shell, expand):
        if not isinstance(args, (list, tuple, str, bytes)):
            self.fail_json(rc=257, cmd=to_native(args),
                           msg="Argument 'args' to run_command must be list "
                               "or string")
        if use_unsafe_shell:
            if isinstance(args, (list, tuple)):
                args = " ".join(shlex.quote(to_text(x)) for x in args)
            return to_text(args)
        words = args if isinstance(args, (list, tuple)) else shlex.split(
            to_text(args))
        words = [to_text(x) for x in words if x is not None]
        if expand:
            words = [os.path.expanduser(os.path.expandvars(x)) for x in words]
        return words

    def _shown(self, words):
        words = words if isinstance(words, list) else shlex.split(words)
        from ansible.module_utils.basic import remove_values
        return remove_values(" ".join(shlex.quote(x) for x in words),
                             self.no_log_values)

    def run_command(self, args, check_rc=False, close_fds=True,
                    executable=None, data=None, binary_data=False,
                    path_prefix=None, cwd=None, use_unsafe_shell=False,
                    prompt_regex=None, environ_update=None, umask=None,
                    encoding="utf-8", errors="surrogate_or_strict",
                    expand_user_and_vars=True, pass_fds=None,
                    before_communicate_callback=None,
                    ignore_invalid_cwd=True, handle_exceptions=True):
        """Runs a program; answers with its code, output and errors."""
        words = self._words_of(args, use_unsafe_shell, expand_user_and_vars)
        environment = dict(os.environ)
        environment.update(self.run_command_environ_update)
        environment.update(environ_update or {})
        if path_prefix:
            environment["PATH"] = path_prefix + os.pathsep + environment.get(
                "PATH", "")
        if cwd:
            cwd = os.path.abspath(os.path.expanduser(to_native(cwd)))
            if not os.path.isdir(cwd):
                if not ignore_invalid_cwd:
                    self.fail_json(rc=257, cmd=self._shown(words),
                                   msg="Provided cwd is not a valid directory"
                                       ": %s" % cwd)
                cwd = None
        if data is not None:
            data = to_bytes(data) + (b"" if binary_data else b"\n")
        if use_unsafe_shell and not executable:
            executable = self._shell or "/bin/sh"
        before = os.umask(umask) if umask else None
        try:
            program = subprocess.Popen(
                words, shell=use_unsafe_shell, executable=executable,
                close_fds=close_fds, cwd=cwd, env=environment,
                pass_fds=pass_fds or (),
                stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if before_communicate_callback:
                before_communicate_callback(program)
            if prompt_regex:
                out, err, code = self._until_prompt(program, data, prompt_regex)
            else:
                out, err = program.communicate(data)
                code = program.returncode
        except OSError as problem:
            if not handle_exceptions:
                raise
            self.fail_json(rc=problem.errno, stdout="", stderr="",
                           msg=to_native(problem), cmd=self._shown(words))
        finally:
            if before is not None:
                os.umask(before)
        if encoding is not None:
            out = to_native(out, encoding=encoding, errors=errors)
            err = to_native(err, encoding=encoding, errors=errors)
        if code != 0 and check_rc:
            self.fail_json(cmd=self._shown(words), rc=code, stdout=out,
                           stderr=err, msg=to_native(err).rstrip())
        return code, out, err

    @staticmethod
    def _until_prompt(program, data, prompt):
        """As `communicate`, but ends a program that asks for something."""
        import selectors
        prompt = re.compile(to_bytes(prompt), re.MULTILINE)
        pieces = {program.stdout: b"", program.stderr: b""}
        if data is not None:
            program.stdin.write(data)
            program.stdin.close()
        with selectors.DefaultSelector() as ready:
            for each in pieces:
                ready.register(each, selectors.EVENT_READ)
            while ready.get_map():
                for key, _ in ready.select():
                    piece = os.read(key.fd, 1 << 16)
                    if not piece:
                        ready.unregister(key.fileobj)
                    pieces[key.fileobj] += piece
                if data is None and prompt.search(pieces[program.stdout]):
                    program.kill()
                    program.wait()
                    return (pieces[program.stdout],
                            b"A prompt was encountered while running a "
                            b"command, but no input data was specified", 257)
        return pieces[program.stdout], pieces[program.stderr], program.wait()
