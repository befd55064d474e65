#include "tests/e2e/disposable_root.hpp"
#include "tests/e2e/program.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* phrase = "a phrase of words";

/// Runs a plan twice: it changes so many things, and then nothing.
void check_twice(disposable_root& root, const std::string& plan, int changes) {
  auto changed = 0;
  CHECK(root.run(plan, changed) == "");
  CHECK(changed == changes);
  CHECK(root.run(plan, changed) == "");
  CHECK(changed == 0);
}

} // namespace

TEST_CASE("users and groups are changed by the real programs of a host",
          "[e2e][M047]") {
  disposable_root root{{"useradd", "usermod", "userdel", "groupadd", "groupmod",
                        "groupdel", "chpasswd", "chage", "getent"}};
  if (!root.missing().empty()) {
    WARN("skipped: " << root.missing());
    return;
  }
  write_file(root / "etc/skel/.profile", "PATH=x\n");
  check_twice(root, R"(
tasks:
- {id: g, group: {name: team, gid: 700}}
- {id: s, group: {name: sys, system: true}}
- id: u
  user: {name: bob, uid: 1234, group: team, groups: [sys], comment: Bob B,
         shell: /bin/sh, password: $6$ab$cd, expires: 1422403387,
         password_expire_max: 90, password_expire_min: 1}
- {id: far, user: {name: far, home: /srv/far/away}}
- {id: lock, user: {name: far, password_lock: true}}
- {id: key, authorized_key: {user: bob, key: ssh-ed25519 AAAA bob@x}}
- {id: ask, getent: {database: passwd, key: bob}}
- {id: told, assert: {that: ["getent_passwd.bob[1] == '1234'"]}}
)",
              5);
  CHECK(root.shell("getent passwd bob")
        == "bob:x:1234:700:Bob B:/home/bob:"
           "/bin/sh\n");
  CHECK(root.shell("getent group sys").ends_with(":bob\n"));
  CHECK(read_file(root / "etc/shadow").find("bob:$6$ab$cd:")
        != std::string::npos);
  CHECK(read_file(root / "etc/shadow").find(":1:90::") != std::string::npos);
  CHECK(read_file(root / "srv/far/away/.profile") == "PATH=x\n");
  CHECK(read_file(root / "home/bob/.ssh/authorized_keys")
        == "ssh-ed25519 AAAA bob@x\n");
  check_twice(root, R"(
tasks:
- {id: a, user: {name: bob, comment: Other, groups: [], home: /home/b,
                 move_home: true, expires: -1, password_lock: true}}
- {id: b, user: {name: far, state: absent, remove: true}}
- {id: c, group: {name: team, gid: 701}}
- {id: d, group: {name: sys, state: absent}}
)",
              4);
  CHECK(root.shell("getent passwd bob")
        == "bob:x:1234:701:Other:/home/b:"
           "/bin/sh\n");
  CHECK(read_file(root / "etc/shadow").find("bob:!$6$ab$cd:")
        != std::string::npos);
  CHECK(read_file(root / "home/b/.profile") == "PATH=x\n");
  CHECK(root.shell("getent passwd far").empty());
}

TEST_CASE("a real key is made for a user, and its phrase is what was asked for",
          "[e2e][M047]") {
  disposable_root root{{"useradd", "ssh-keygen"}};
  if (!root.missing().empty()) {
    WARN("skipped: " << root.missing());
    return;
  }
  check_twice(root,
              std::string{R"(
tasks:
- id: u
  user: {name: bob, generate_ssh_key: true, ssh_key_type: ed25519,
         ssh_key_comment: mine, ssh_key_passphrase: )"}
                + phrase + "}\n",
              1);
  auto key = read_file(root / "home/bob/.ssh/id_ed25519.pub");
  CHECK(key.starts_with("ssh-ed25519 "));
  CHECK(key.ends_with(" mine\n"));
  auto opened = [&](const std::string& words) {
    return root.shell("ssh-keygen -y -P '" + words
                      + "' -f /home/bob/.ssh/id_ed25519 2>/dev/null");
  };
  CHECK(opened(phrase).starts_with("ssh-ed25519 "));
  CHECK(opened("another").empty());
}

TEST_CASE("known hosts are those that ssh-keygen finds", "[e2e][M047]") {
  disposable_root root{{"ssh-keygen"}};
  if (!root.missing().empty()) {
    WARN("skipped: " << root.missing());
    return;
  }
  root.shell("ssh-keygen -q -t ed25519 -N '' -f /key");
  auto key = read_file(root / "key.pub");
  key = key.substr(0, key.find(' ', key.find(' ') + 1));
  check_twice(root,
              "tasks:\n"
              "- {id: a, known_hosts: {path: /known, name: web, key: web "
                + key
                + "}}\n"
                  "- {id: b, known_hosts: {path: /known, hash_host: true, "
                  "name: '[db]:22', key: '[db]:22 "
                + key + "'}}\n",
              2);
  CHECK(root.shell("ssh-keygen -F web -f /known").find("line 1")
        != std::string::npos);
  CHECK(root.shell("ssh-keygen -F '[db]:22' -f /known").find("line 2")
        != std::string::npos);
  root.shell("ssh-keygen -H -f /known");
  check_twice(root,
              "tasks:\n"
              "- {id: a, known_hosts: {path: /known, name: web, state: "
              "absent}}\n",
              1);
  CHECK(root.shell("ssh-keygen -F web -f /known").empty());
}

TEST_CASE("what is wanted of a package is what the real dpkg says",
          "[e2e][M048]") {
  disposable_root root{{"dpkg"}};
  if (!root.missing().empty()) {
    WARN("skipped: " << root.missing());
    return;
  }
  write_file(root / "var/lib/dpkg/status",
             "Package: dpkg\nStatus: install ok installed\nPriority: required\n"
             "Section: admin\nMaintainer: X <x@example.com>\n"
             "Architecture: amd64\nVersion: 1.21.22\nDescription: x\n");
  write_file(root / "var/lib/dpkg/available", "");
  check_twice(root,
              "tasks:\n"
              "- {id: a, dpkg_selections: {name: dpkg, selection: hold}}\n"
              "- {id: b, package_facts: {}}\n"
              "- {id: c, assert: {that: [\"packages.dpkg[0].version == "
              "'1.21.22'\"]}}\n",
              1);
  CHECK(root.shell("dpkg --get-selections dpkg").find("hold")
        != std::string::npos);
}
