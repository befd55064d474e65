"""Runs a Python module of Ansible: this MODULE ARGUMENTS.

Where Ansible's own library is there, the module gets that; otherwise the one in
LIBRARY, the sources of its modules by their names.
"""

import importlib.abc
import importlib.util
import os
import runpy
import sys
import types


COLLECTIONS = "ansible_collections"


class Library(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds modules among sources in memory."""

    def find_spec(self, name, path, target=None):
        if self._key(name) is None:
            return None
        return importlib.util.spec_from_loader(
            name, self, origin=self._key(name),
            is_package=self.is_package(name))

    def get_source(self, name):
        return LIBRARY[self._key(name)]

    def is_package(self, name):
        return self._key(name).endswith("/__init__.py")

    @staticmethod
    def _key(name):
        path = name.replace(".", "/")
        return next((x for x in (path + ".py", path + "/__init__.py")
                     if x in LIBRARY), None)


def has_own_library():
    # Whoever started again goes on with what it had.
    if "TROUPE_MODULE_RESPAWNED" in os.environ:
        return False
    try:
        return importlib.util.find_spec("ansible.module_utils.basic") is not None
    except ImportError:
        return False


def folders_of_utils(module):
    """Where `ansible.module_utils.NAME` may be that belongs to the playbook."""
    beside = os.path.dirname(os.path.dirname(os.path.abspath(module)))
    said = os.environ.get("ANSIBLE_MODULE_UTILS", "").split(os.pathsep)
    return [x for x in [os.path.join(beside, "module_utils"), *said]
            if x and os.path.isdir(x)]


def name_in_collection(module):
    """The folder of all collections, and its name as Python has it."""
    parts = os.path.abspath(module).split(os.sep)
    # The innermost, and it may have folders of modules.
    for at in reversed(range(len(parts) - 5)):
        if (parts[at] == COLLECTIONS
                and parts[at + 3:at + 5] == ["plugins", "modules"]):
            name = parts[at:-1] + [os.path.splitext(parts[-1])[0]]
            return os.sep.join(parts[:at + 1]), ".".join(name)
    return None, None


def find_collections(folder):
    """Has collections imported from there, and nothing else: what lies beside
    them, or beside a module, may be called as something of Python is."""
    installed = [os.path.join(x, COLLECTIONS) for x in sys.path]
    package = types.ModuleType(COLLECTIONS)
    package.__path__ = [folder, *[x for x in installed if os.path.isdir(x)]]
    sys.modules[COLLECTIONS] = package


def main():
    module = sys.argv[1]
    own = os.path.abspath(__file__)
    # Nothing is left beside what it imports.
    sys.dont_write_bytecode = True
    if os.path.realpath(sys.path[0]) == os.path.realpath(os.path.dirname(own)):
        del sys.path[0]
    if not has_own_library():
        for name in [x for x in sys.modules if x.split(".")[0] == "ansible"]:
            del sys.modules[name]
        sys.meta_path.insert(0, Library())
        from ansible.module_utils.common import respawn
        respawn.started_as([own, *sys.argv[1:]])
    import ansible.module_utils
    ansible.module_utils.__path__.extend(folders_of_utils(module))
    sys.argv = sys.argv[1:]
    folder, name = name_in_collection(module)
    if folder is None:
        # Behind all else: of those beside it one may be called `copy`.
        sys.path.append(os.path.dirname(os.path.abspath(module)))
        runpy.run_path(module, run_name="__main__")
        return
    find_collections(folder)
    runpy.run_module(name, run_name="__main__", alter_sys=True)


main()
