"""Which system this is."""

import os


def _release():
    out = {}
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        try:
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except OSError:
            continue
        for line in lines:
            name, equals, x = line.partition("=")
            if equals:
                out[name.strip()] = x.strip().strip("\"'")
        break
    return out


def get_distribution():
    name = _release().get("ID", "")
    known = {"rhel": "Redhat", "amzn": "Amazon", "": "OtherLinux"}
    if os.uname().sysname != "Linux":
        return os.uname().sysname
    return known.get(name, name.capitalize())


def get_distribution_version():
    return _release().get("VERSION_ID", "")


def get_distribution_codename():
    return _release().get("VERSION_CODENAME") or None


def get_platform_subclass(cls):
    """Of the subclasses of `cls` that for this system, or `cls` itself."""
    name, system = get_distribution(), os.uname().sysname
    rest, generic = [cls], None
    while rest:
        each = rest.pop()
        rest += each.__subclasses__()
        if each is cls or getattr(each, "platform", None) != system:
            continue
        if getattr(each, "distribution", None) == name:
            return each
        if getattr(each, "distribution", None) is None:
            generic = each
    return generic or cls
