"""The files that the plan of the canary test refers to."""

import json

# Stands for programs that know nothing of what they are asked for.
PROGRAM = """#!/bin/sh
printf 'E: unable to locate %s\\n' "$@"
printf 'E: unable to locate %s\\n' "$@" >&2
exit 100
"""
FILES = {
    "templates/secret.j2": "first\n{{ sec }} {{ more | default('') }}\nlast\n",
    "templates/broken.j2": "{{ sec }}\n{{ sec | from_json }}\n",
    "files/step.sh": "#!/bin/sh\nprintf '%s\\n' \"$1\"\n"
                     "printf '%s\\n' \"$1\" >&2\nexit 1\n",
    "vars.yml": "included: \"{{ sec }}\"\n",
    "inside.yml": json.dumps([
        {"name": "inside {{ sec }} {{ item | default('') }}",
         "debug": {"msg": "{{ sec }} {{ included | default('') }}"}},
        {"name": "inside fails", "command": {"argv": ["false", "{{ sec }}"]},
         "ignore_errors": True}]),
    **{"bin/" + name: PROGRAM for name in
       ("apt-get", "dpkg", "dpkg-query", "apt-cache", "apk", "dnf", "yum",
        "rpm", "zypper", "pacman", "brew", "systemctl", "service")},
    "library/tell": """#!/bin/sh
# A custom module that tells what it was given, in several ways.
. "$1"
case $how in
  answer) printf '{"changed": true, "word": "%s"}\\n' "$word" ;;
  garbage) printf 'no JSON: %s\\n' "$word"; printf '%s\\n' "$word" >&2 ;;
  fail) printf '{"failed": true, "msg": "no %s"}\\n' "$word" ;;
  facts) printf '{"ansible_facts": {"told": "%s"}}\\n' "$word" ;;
esac
""",
}
