"""A secret in the arguments of every module that `forms.py` has not.

What would change the machine only foretells that (`check_mode`); what is asked
over the network is asked of a port that nobody listens to.
"""

ROOT = "{{ root }}"
SEC = "{{ sec }}"
# Where backslashes mean something; see `with_back`.
PLAIN = "{{ sec | replace(back, back ~ back) }}"
NOWHERE = "http://127.0.0.1:9/"


def foretold(task):
    return dict(task, check_mode=True)


def with_back(task):
    return dict(task, vars={"back": "\\"})


MODULES = {
    # Texts in files.
    "lineinfile": {"lineinfile": {"path": ROOT + "/lines", "line": SEC,
                                  "create": True}},
    "lineinfile-regexp": {"lineinfile": {"path": ROOT + "/lines", "line": "x",
                                         "regexp": SEC, "backrefs": True}},
    "lineinfile-validate": {"lineinfile": {
        "path": ROOT + "/lines", "line": SEC + "2", "validate": "grep x%s"}},
    "blockinfile": {"blockinfile": {"path": ROOT + "/blocks", "block": SEC,
                                    "create": True, "marker": "# {mark} " + SEC}},
    "replace": with_back({"replace": {
        "path": ROOT + "/lines", "regexp": SEC, "replace": PLAIN}}),
    "replace-after": with_back({"replace": {
        "path": ROOT + "/lines", "regexp": "[a-z]+", "replace": PLAIN,
        "after": SEC}}),
    "ini-file": {"ini_file": {"path": ROOT + "/ini", "section": SEC,
                              "option": "password", "value": SEC}},
    "ini-file-option": {"ini_file": {"path": ROOT + "/ini", "section": "a",
                                     "option": SEC, "value": "x"}},
    "assemble": {"assemble": {"src": ROOT + "/no/" + SEC, "dest": ROOT + "/as"}},
    "assemble-regexp": with_back({"assemble": {
        "src": ROOT, "regexp": "copied", "delimiter": PLAIN,
        "dest": ROOT + "/as2"}}),
    "find": {"find": {"paths": [ROOT, SEC], "contains": SEC, "patterns": SEC}},
    "slurp": {"slurp": {"src": ROOT + "/copied"}},
    "slurp-missing": {"slurp": {"src": SEC}},
    "fetch": {"fetch": {"src": SEC, "dest": ROOT + "/fetched/"}},
    "fetch-file": {"fetch": {"src": ROOT + "/copied", "dest": ROOT + "/f/x",
                             "flat": True}},
    "tempfile": {"tempfile": {"path": ROOT + "/no/" + SEC, "prefix": SEC}},
    "archive": {"archive": {"path": ROOT + "/copied", "dest": ROOT + "/a.zip",
                            "format": "zip", "exclude_path": [SEC]}},
    "archive-missing": {"archive": {"path": SEC, "dest": ROOT + "/b.tar"}},
    "unarchive": {"unarchive": {"src": ROOT + "/a.zip", "dest": ROOT + "/out",
                                "remote_src": True, "exclude": [SEC]}},
    "unarchive-missing": {"unarchive": {"src": SEC, "dest": ROOT}},
    "synchronize": {"synchronize": {"src": ROOT + "/no/" + SEC, "dest": ROOT + "/s",
                                    "rsync_opts": ["--exclude=" + SEC]}},
    "acl": {"acl": {"path": ROOT + "/copied", "entity": SEC, "etype": "user",
                    "permissions": "r", "state": "present"}},
    "acl-entry": {"acl": {"path": ROOT + "/copied", "entry": "user:" + SEC + ":r",
                          "state": "present"}},
    "xattr": with_back({"xattr": {
        "path": ROOT + "/copied", "key": "user.word", "value": PLAIN,
        "state": "present"}}),
    "xattr-all": {"xattr": {"path": ROOT + "/copied", "state": "all"}},
    "capabilities": {"capabilities": {"path": ROOT + "/copied",
                                      "capability": SEC}},
    "htpasswd": {"htpasswd": {"path": ROOT + "/web", "name": "jane",
                              "password": SEC, "crypt_scheme": "ldap_sha1"}},
    "htpasswd-again": {"htpasswd": {"path": ROOT + "/web", "name": "jane",
                                    "password": SEC + "2",
                                    "crypt_scheme": "plaintext"}},
    "openssh-keypair": {"openssh_keypair": {
        "path": ROOT + "/key", "type": "ed25519", "passphrase": SEC,
        "comment": SEC}},
    "authorized-key": {"authorized_key": {
        "user": "root", "path": ROOT + "/keys", "manage_dir": False,
        "key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== " + SEC}},
    "authorized-key-bad": {"authorized_key": {
        "user": "root", "path": ROOT + "/keys", "manage_dir": False,
        "key": SEC, "key_options": SEC}},
    "known-hosts": {"known_hosts": {"path": ROOT + "/known", "name": SEC,
                                    "key": SEC}},
    # Over the network.
    "get-url": {"get_url": {"url": NOWHERE + "{{ sec | urlencode }}",
                            "dest": ROOT + "/got", "url_username": "u",
                            "url_password": SEC, "timeout": 1}},
    "get-url-bad": {"get_url": {"url": SEC, "dest": ROOT + "/got",
                                "checksum": "sha256:" + SEC}},
    "uri": {"uri": {"url": NOWHERE + "?k={{ sec | urlencode }}", "method": "POST",
                    "body": {"k": SEC}, "body_format": "json", "timeout": 1,
                    "headers": {"X-Key": SEC}}},
    "uri-bad": {"uri": {"url": SEC, "user": "u", "password": SEC}},
    "uri-method": {"uri": {"url": NOWHERE, "method": SEC, "timeout": 1}},
    "git": {"git": {"repo": ROOT + "/no/" + SEC, "dest": ROOT + "/git",
                    "version": SEC}},
    "subversion": {"subversion": {"repo": "file:///no/" + SEC,
                                  "dest": ROOT + "/svn", "username": "u",
                                  "password": SEC}},
    # Programs.
    "expect": {"expect": {"command": "head -n 1", "timeout": 2,
                          "responses": {"never": SEC}}},
    "expect-missing": {"expect": {"command": SEC, "responses": {SEC: SEC}}},
    "make": {"make": {"chdir": ROOT + "/no", "target": SEC,
                      "params": {"K": SEC}}},
    "pip": foretold({"pip": {"name": SEC, "executable": "/no/" + SEC}}),
    "getent": {"getent": {"database": "passwd", "key": SEC}},
    # The machine.
    "user": foretold({"user": {"name": "jane", "password": SEC,
                               "comment": SEC, "shell": SEC}}),
    "user-name": foretold({"user": {"name": SEC, "groups": [SEC]}}),
    "group": foretold({"group": {"name": SEC}}),
    "cron": foretold({"cron": {"name": SEC, "job": "run " + SEC}}),
    "cron-env": foretold({"cron": {"name": "K", "env": True, "value": SEC}}),
    "hostname": foretold({"hostname": {"name": SEC}}),
    "sysctl": foretold({"sysctl": {"name": "kernel.x", "value": SEC,
                                   "sysctl_file": ROOT + "/sysctl"}}),
    "mount": foretold({"mount": {"path": ROOT + "/mnt", "src": "//host/share",
                                 "fstype": "cifs", "opts": "password=" + SEC,
                                 "state": "present", "fstab": ROOT + "/fstab"}}),
    "modprobe": foretold({"modprobe": {"name": SEC, "params": SEC}}),
    "timezone": foretold({"timezone": {"name": SEC}}),
    "locale-gen": foretold({"locale_gen": {"name": SEC}}),
    "alternatives": foretold({"alternatives": {"name": SEC, "path": "/" + SEC}}),
    "iptables": foretold({"iptables": {"chain": "INPUT", "comment": SEC,
                                       "jump": "ACCEPT"}}),
    "ufw": foretold({"ufw": {"rule": "allow", "port": "1", "comment": SEC}}),
    "pam-limits": {"pam_limits": {"dest": ROOT + "/limits", "domain": SEC,
                                  "limit_type": "soft", "limit_item": "nofile",
                                  "value": "1", "comment": SEC}},
    "debconf": foretold({"debconf": {"name": "x", "question": "x/y",
                                     "vtype": "password", "value": SEC}}),
    "dpkg-selections": foretold({"dpkg_selections": {"name": SEC,
                                                     "selection": "hold"}}),
    "apt-key": foretold({"apt_key": {"data": SEC}}),
    "apt-repository": foretold({"apt_repository": {
        "repo": "deb http://u:{{ sec | urlencode }}@example.com/d stable main",
        "filename": "canary", "update_cache": False}}),
    "deb822": foretold({"deb822_repository": {
        "name": "canary", "uris": "http://u:{{ sec | urlencode }}@example.com/",
        "suites": "stable", "signed_by": SEC}}),
    "yum-repository": foretold({"yum_repository": {
        "name": "canary", "description": SEC, "reposdir": ROOT,
        "baseurl": "http://example.com/", "password": SEC}}),
    "rpm-key": foretold({"rpm_key": {"key": SEC}}),
    # Of the run.
    "set-stats": {"set_stats": {"data": {"k": SEC}}},
    "arguments": {"validate_argument_spec": {
        "argument_spec": {"k": {"type": "int", "choices": [1]}},
        "provided_arguments": {"k": SEC, SEC: 1}}},
    "pause": {"pause": {"seconds": SEC}},
}
# These have nothing to hide, end what is looked at, or stand in playbooks alone.
WITHOUT = {"include_role", "package_facts", "reboot", "service_facts",
           "wait_for_connection"}
