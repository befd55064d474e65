"""Where programs are."""

import os


def get_bin_path(arg, opt_dirs=None, required=None):
    """The path of a program; ValueError when it is not there."""
    folders = [x for x in opt_dirs or [] if x]
    folders += os.environ.get("PATH", "").split(os.pathsep)
    folders += ["/sbin", "/usr/sbin", "/usr/local/sbin"]
    for folder in folders:
        path = os.path.join(folder, arg)
        if folder and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise ValueError('Failed to find required executable "%s" in paths: %s'
                     % (arg, os.pathsep.join(folders)))
