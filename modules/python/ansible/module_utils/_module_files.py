"""Files that a module manages."""

import grp
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
import time

from ansible.module_utils._arguments import env_fallback
from ansible.module_utils._modes import mode_after
from ansible.module_utils.common.file import is_executable
from ansible.module_utils.common.text.converters import to_native, to_text

FILE_COMMON_ARGUMENTS = {
    "mode": {"type": "raw"}, "owner": {"type": "str"},
    "group": {"type": "str"}, "seuser": {"type": "str"},
    "serole": {"type": "str"}, "selevel": {"type": "str"},
    "setype": {"type": "str"},
    "attributes": {"type": "str", "aliases": ["attr"]},
    "unsafe_writes": {
        "type": "bool", "default": False,
        "fallback": (env_fallback, ["ANSIBLE_UNSAFE_WRITES"])},
}


class FileTools:
    """The part of AnsibleModule that is about files."""

    # SELinux is left as it is.
    def selinux_enabled(self):
        return False

    def selinux_mls_enabled(self):
        return False

    def selinux_context(self, path):
        return [None, None, None]

    def selinux_default_context(self, path, mode=0):
        return [None, None, None]

    def selinux_initial_context(self):
        return [None, None, None]

    def set_default_selinux_context(self, path, changed):
        return changed

    def set_context_if_different(self, path, context, changed, diff=None):
        return changed

    def user_and_group(self, path, expand=True):
        there = os.lstat(os.path.expanduser(path) if expand else path)
        return there.st_uid, there.st_gid

    def load_file_common_arguments(self, params, path=None):
        path = path or params.get("path") or params.get("dest")
        if path is None:
            return {}
        path = os.path.expanduser(os.path.expandvars(path))
        if params.get("follow") and os.path.islink(path):
            path = os.path.realpath(path)
        out = {k: params.get(k) for k in (
            "mode", "owner", "group", "seuser", "serole", "selevel",
            "attributes")}
        out.update(path=path, setype=params.get("setype"),
                   secontext=[None, None, None])
        return out

    def _note(self, diff, side, name, x):
        if diff is not None:
            diff.setdefault(side, {})[name] = x

    def _set_id(self, path, name, changed, diff, expand, what):
        if name is None:
            return changed
        path = os.path.expanduser(path) if expand else path
        try:
            wanted = int(name)
        except ValueError:
            try:
                wanted = (pwd.getpwnam(name).pw_uid if what == "owner"
                          else grp.getgrnam(name).gr_gid)
            except KeyError:
                self.fail_json(path=to_text(path), msg="%s failed: failed to "
                               "look up %s %s" % (
                                   "chown" if what == "owner" else "chgrp",
                                   "user" if what == "owner" else "group",
                                   name))
        now = self.user_and_group(path)[0 if what == "owner" else 1]
        if now == wanted:
            return changed
        self._note(diff, "before", what, now)
        self._note(diff, "after", what, wanted)
        if not self.check_mode:
            try:
                os.lchown(path, *((wanted, -1) if what == "owner"
                                  else (-1, wanted)))
            except OSError as problem:
                self.fail_json(path=to_text(path), msg="%s failed: %s" % (
                    "chown" if what == "owner" else "chgrp",
                    to_text(problem)))
        return True

    def set_owner_if_different(self, path, owner, changed, diff=None,
                               expand=True):
        return self._set_id(path, owner, changed, diff, expand, "owner")

    def set_group_if_different(self, path, group, changed, diff=None,
                               expand=True):
        return self._set_id(path, group, changed, diff, expand, "group")

    def set_mode_if_different(self, path, mode, changed, diff=None,
                              expand=True):
        if mode is None:
            return changed
        path = os.path.expanduser(path) if expand else path
        try:
            there = os.lstat(path)
        except OSError as problem:
            if self.check_mode:
                return True
            self.fail_json(path=to_text(path), msg=to_native(problem))
        now = stat.S_IMODE(there.st_mode)
        try:
            wanted = mode if isinstance(mode, int) else int(mode, 8)
        except ValueError:
            try:
                wanted = mode_after(now, mode, stat.S_ISDIR(there.st_mode))
            except ValueError as problem:
                self.fail_json(path=to_text(path), details=to_native(problem),
                               msg="mode must be in octal or symbolic form")
        if wanted == now or stat.S_ISLNK(there.st_mode):
            return changed
        self._note(diff, "before", "mode", "0%03o" % now)
        self._note(diff, "after", "mode", "0%03o" % wanted)
        if not self.check_mode:
            try:
                os.chmod(path, wanted)
            except OSError as problem:
                self.fail_json(path=to_text(path), details=to_native(problem),
                               msg="chmod failed")
        return True

    def set_attributes_if_different(self, path, attributes, changed,
                                    diff=None, expand=True):
        if not attributes:
            return changed
        program = self.get_bin_path("chattr", True)
        before = self.get_file_attributes(path)
        sign = attributes[0] if attributes[0] in "+-=" else "="
        if not self.check_mode:
            self.run_command([program, sign + attributes.lstrip("+-="), path],
                             check_rc=True)
            return changed or before != self.get_file_attributes(path)
        return True

    def get_file_attributes(self, path, include_version=True):
        program = self.get_bin_path("lsattr")
        code, out = 1, ""
        if program:
            code, out, _ = self.run_command([program, "-d", path])
        words = out.split()
        return {"attr_flags": words[0].replace("-", "")} if (
            code == 0 and words) else {}

    def set_fs_attributes_if_different(self, file_args, changed, diff=None,
                                       expand=True):
        path = file_args["path"]
        for name in ("owner", "group", "mode", "attributes"):
            step = getattr(self, "set_%s_if_different" % name)
            changed = step(path, file_args.get(name), changed, diff, expand)
        return changed

    set_file_attributes_if_different = set_fs_attributes_if_different
    set_directory_attributes_if_different = set_fs_attributes_if_different

    def add_path_info(self, kwargs):
        path = kwargs.get("path", kwargs.get("dest"))
        if path is None or not os.path.lexists(path):
            if path is not None:
                kwargs["state"] = "absent"
            return kwargs
        there = os.lstat(path)
        kwargs.update(uid=there.st_uid, gid=there.st_gid, size=there.st_size,
                      mode="%04o" % stat.S_IMODE(there.st_mode))
        for name, find, number in (
                ("owner", lambda x: pwd.getpwuid(x).pw_name, there.st_uid),
                ("group", lambda x: grp.getgrgid(x).gr_name, there.st_gid)):
            try:
                kwargs[name] = find(number)
            except KeyError:
                kwargs[name] = str(number)
        kinds = ((stat.S_ISLNK, "link"), (stat.S_ISDIR, "directory"))
        kwargs["state"] = next((x for is_it, x in kinds
                                if is_it(there.st_mode)),
                               "hard" if there.st_nlink > 1 else "file")
        return kwargs

    def digest_from_file(self, filename, algorithm):
        if not os.path.exists(filename):
            return None
        if os.path.isdir(filename):
            self.fail_json(msg="attempted to take checksum of directory: %s"
                           % filename)
        digest = (algorithm if hasattr(algorithm, "hexdigest")
                  else hashlib.new(algorithm))
        with open(os.path.realpath(filename), "rb") as file:
            for piece in iter(lambda: file.read(1 << 16), b""):
                digest.update(piece)
        return digest.hexdigest()

    def md5(self, filename):
        return self.digest_from_file(filename, "md5")

    def sha1(self, filename):
        return self.digest_from_file(filename, "sha1")

    def sha256(self, filename):
        return self.digest_from_file(filename, "sha256")

    def is_executable(self, path):
        return is_executable(path)

    def backup_local(self, fn):
        if not os.path.exists(fn):
            return ""
        name = "%s.%s.%s" % (fn, os.getpid(),
                             time.strftime("%Y-%m-%d@%H:%M:%S~"))
        self.preserved_copy(fn, name)
        return name

    def preserved_copy(self, src, dest):
        shutil.copy2(src, dest)
        there = os.stat(src)
        try:
            os.chown(dest, there.st_uid, there.st_gid)
        except PermissionError:
            pass

    def atomic_move(self, src, dest, unsafe_writes=False):
        """Puts `src` at `dest`, which keeps owner and mode if it is there."""
        try:
            if os.path.exists(dest):
                there = os.stat(dest)
                os.chmod(src, stat.S_IMODE(there.st_mode))
                os.chown(src, there.st_uid, there.st_gid)
            else:
                before = os.umask(0)
                os.umask(before)
                os.chmod(src, 0o666 & ~before)
        except PermissionError:
            pass
        try:
            try:
                os.rename(src, dest)
            except OSError:
                # Another file system: what is beside it can take its place.
                handle, beside = tempfile.mkstemp(
                    prefix=".ansible_tmp", dir=os.path.dirname(dest) or ".")
                os.close(handle)
                self.add_cleanup_file(beside)
                self.preserved_copy(src, beside)
                os.rename(beside, dest)
                os.unlink(src)
        except OSError as problem:
            self.fail_json(msg="Could not replace file: %s to %s: %s"
                           % (src, dest, to_native(problem)))

    def add_cleanup_file(self, path):
        if path not in self.cleanup_files:
            self.cleanup_files.append(path)

    def do_cleanup_files(self):
        for path in self.cleanup_files:
            self.cleanup(path)

    def cleanup(self, tmpfile):
        if os.path.isdir(tmpfile) and not os.path.islink(tmpfile):
            shutil.rmtree(tmpfile, ignore_errors=True)
        elif os.path.lexists(tmpfile):
            try:
                os.unlink(tmpfile)
            except OSError as problem:
                self.warn("could not remove %s: %s" % (tmpfile,
                                                       to_native(problem)))
