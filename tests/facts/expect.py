#!/usr/bin/python3
"""What ansible-core 2.14 says of the distributions whose files lie in trees/.

    expect.py            compares with expected.json
    expect.py --write    writes it anew

Needs ansible-core and root: each tree is mounted over /etc in a mount namespace
of its own. Programs that Ansible would ask (lsb_release, dpkg) are not there.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TREES = os.path.join(HERE, "trees")
EXPECTED = os.path.join(HERE, "expected.json")


class Machine:
    """As much of a module as collectors of facts ask for."""

    def get_bin_path(self, *_args, **_more):
        return None

    def run_command(self, *_args, **_more):
        return 127, "", ""

    def debug(self, _text):
        pass


def collect():
    from ansible.module_utils.facts.system.distribution import (
        DistributionFactCollector)
    from ansible.module_utils.facts.system.lsb import LSBFactCollector
    os.environ["PATH"] = "/nowhere"
    found = {}
    for each in (DistributionFactCollector, LSBFactCollector):
        found.update(each().collect(module=Machine(), collected_facts={}))
    return found


def mounted(tree):
    """Where only the files of the tree say what system this is."""
    with tempfile.NamedTemporaryFile() as empty:
        script = ('mount --bind "$1/etc" /etc; '
                  '[ ! -e /usr/lib/os-release ] || '
                  'mount --bind "$2" "$(readlink -f /usr/lib/os-release)"; '
                  'exec "$3" "$4" --collect')
        ran = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-ec",
             script, "sh", tree, empty.name, sys.executable,
             os.path.abspath(__file__)], stdout=subprocess.PIPE, check=True)
    return json.loads(ran.stdout)


def main():
    if "--collect" in sys.argv:
        json.dump(collect(), sys.stdout)
        return 0
    found = {name: mounted(os.path.join(TREES, name))
             for name in sorted(os.listdir(TREES))}
    if "--write" in sys.argv:
        with open(EXPECTED, "w", encoding="utf-8") as out:
            json.dump(found, out, indent=1, sort_keys=True)
            out.write("\n")
        return 0
    with open(EXPECTED, encoding="utf-8") as text:
        expected = json.load(text)
    for name in sorted(set(found) | set(expected)):
        if found.get(name) != expected.get(name):
            print(f"{name}: {expected.get(name)} became {found.get(name)}")
    return 0 if found == expected else 1


if __name__ == "__main__":
    sys.exit(main())
