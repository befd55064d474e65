"""Makes the folder of a case, and tells what has become of it."""

import base64
import fnmatch
import functools
import os
import pathlib
import pwd
import grp
import re
import shutil
import stat

import web_server

# What a file has that was there before and was not written since.
OLD = 1_000_000_000

BACKUP = re.compile(r"\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~")
PLACEHOLDER = "ROOT"
# What lies above the folder of a case.
ABOVE = re.compile(r"/tmp/oracle-\w+(/\d{3})?\b")


def content_of(entry):
    if isinstance(entry, bytes):
        return entry
    if isinstance(entry, str):
        return entry.encode()
    if "repeat" in entry:
        text, count = entry["repeat"]
        return text.encode() * count
    if "hex" in entry:
        return bytes.fromhex(entry["hex"])
    return content_of(entry.get("content", ""))


def make(tree, root):
    """Makes the entries of a tree below `root`, which is made as well."""
    root.mkdir()
    folders = []
    for name, entry in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
            entry = entry or {}
            folders.append((path, entry))
        elif isinstance(entry, dict) and "link" in entry:
            os.symlink(with_root(entry["link"], root), path)
            continue
        elif isinstance(entry, dict) and "hard" in entry:
            os.link(root / entry["hard"], path)
            continue
        elif isinstance(entry, dict) and entry.get("fifo"):
            os.mkfifo(path)
        else:
            text = content_of(entry)
            path.write_bytes(text.replace(PLACEHOLDER.encode(),
                                          str(root).encode()))
        dress(path, entry)
    for path, entry in reversed(folders):
        dress(path, entry)


def dress(path, entry):
    entry = entry if isinstance(entry, dict) else {}
    if "owner" in entry or "group" in entry:
        shutil.chown(path, entry.get("owner"), entry.get("group"))
    usual = 0o755 if path.is_dir() else 0o644
    os.chmod(path, int(str(entry.get("mode", oct(usual)[2:])), 8))
    if entry.get("new"):
        return
    when = OLD + entry.get("after", 0)
    os.utime(path, (when, when))


@functools.lru_cache(None)
def web():
    """The address of the web server, which starts when it is asked for."""
    return web_server.start()


def with_root(x, root):
    """A value with the placeholders in its texts replaced by the folder and
    the address of the web server."""
    if isinstance(x, str):
        if re.search(r"\bWEB\b", x):
            x = re.sub(r"\bWEB\b", web(), x)
        return re.sub(rf"\b{PLACEHOLDER}\b", str(root), x)
    if isinstance(x, dict):
        return {with_root(k, root): with_root(v, root) for k, v in x.items()}
    if isinstance(x, list):
        return [with_root(v, root) for v in x]
    return x


def without_root(x, root):
    """The reverse, and names of backups without what is new each time."""
    if isinstance(x, str):
        if web.cache_info().currsize:
            x = x.replace(web(), "WEB").replace(web()[7:], "WEB_HOST")
        x = ABOVE.sub("ABOVE", x.replace(str(root), PLACEHOLDER))
        return BACKUP.sub(".BACKUP~", x)
    if isinstance(x, dict):
        return {without_root(k, root): without_root(v, root)
                for k, v in x.items()}
    if isinstance(x, list):
        return [without_root(v, root) for v in x]
    return x


def name_of_user(uid):
    if uid == os.geteuid():
        return "ME"
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def name_of_group(gid):
    if gid == os.getegid():
        return "MINE"
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def text_of(content, root):
    try:
        return without_root(content.decode(), root)
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def entry_of(path, root):
    found = os.lstat(path)
    out = {}
    if found.st_uid != os.geteuid():
        out["owner"] = name_of_user(found.st_uid)
    if found.st_gid != os.getegid():
        out["group"] = name_of_group(found.st_gid)
    if stat.S_ISLNK(found.st_mode):
        out["link"] = without_root(os.readlink(path), root)
        return out
    out["mode"] = f"{stat.S_IMODE(found.st_mode):04o}"
    if stat.S_ISDIR(found.st_mode):
        return out
    if not stat.S_ISREG(found.st_mode):
        out["kind"] = stat.S_IFMT(found.st_mode)
        return out
    out["content"] = text_of(path.read_bytes(), root)
    if found.st_nlink > 1:
        out["names"] = found.st_nlink
    if abs(found.st_mtime - OLD) > 100_000_000:
        out["written"] = True
    return out


def look(root, unseen=()):
    """Everything below `root`, by its path; folders end with a slash. Left out
    is what one of the patterns `unseen` names."""
    out = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = pathlib.Path(folder, name)
            key = without_root(str(path.relative_to(root)), root)
            if path.is_dir() and not path.is_symlink():
                key += "/"
            if any(fnmatch.fnmatchcase(key, x) for x in unseen):
                continue
            out[key] = entry_of(path, root)
    return dict(sorted(out.items()))


def changes(before, after):
    """What is new, different or (null) gone."""
    out = {k: v for k, v in after.items() if before.get(k) != v}
    out.update({k: None for k in before if k not in after})
    return dict(sorted(out.items()))
