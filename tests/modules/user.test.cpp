#include "tests/support/accounts.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* hashed
  = "$6$salt$0123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345";

struct user_case {
  dict given;
  /// The command lines; none: nothing is changed.
  std::vector<std::string> lines;
};

} // namespace

TEST_CASE("user makes users with the host's programs",
          "[modules][user][M047]") {
  user_case table[] = {
    {{{"name", "new"}}, {"useradd -m -- new"}},
    {{{"name", "www"}}, {"useradd -N -m -- www"}},
    {{{"user", "new"},
      {"uid", "700"},
      {"non_unique", true},
      {"group", "www"},
      {"groups", list{"adm", "app"}},
      {"comment", "A person"},
      {"home", "/root/new"},
      {"shell", "/bin/bash"},
      {"expires", 1422403387.0},
      {"system", true},
      {"create_home", false}},
     {"useradd -u 700 -o -g www -G adm,app -c A person -d /root/new -s "
      "/bin/bash -e 2015-01-28 -M -r -- new"}},
    {{{"name", "new"}, {"expires", -1}}, {"useradd -e  -m -- new"}},
    {{{"name", "new"}, {"skeleton", "/etc/skel2"}, {"umask", "077"}},
     {"useradd -m -k /etc/skel2 -K UMASK=077 -- new"}},
    {{{"name", "new"}, {"password", hashed}, {"password_lock", true}},
     {"useradd -m -- new", "chpasswd --encrypted"}},
    {{{"name", "new"}, {"password_expire_max", 30}, {"password_expire_min", 2}},
     {"useradd -m -- new", "chage -m 2 -M 30 -- new"}},
    {{{"name", "new"}, {"state", "absent"}}, {}},
  };
  for (auto& each : table) {
    account_host one;
    one.host.disk.put_folder("/etc/skel2");
    auto predicted = one.predict("user", each.given);
    CHECK(predicted.changed == !each.lines.empty());
    CHECK(one.host.programs.calls().empty());
    auto out = one.run("user", each.given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == !each.lines.empty());
    CHECK(one.host.programs.calls() == each.lines);
    CHECK_FALSE(one.run("user", each.given).changed);
  }
}

TEST_CASE("user changes what differs and nothing else",
          "[modules][user][M047]") {
  user_case table[] = {
    {{{"name", "app"}}, {}},
    {{{"name", "app"}, {"uid", 1000}, {"shell", "/bin/sh"}, {"group", "1000"}},
     {}},
    {{{"name", "app"}, {"groups", "adm"}}, {}},
    {{{"name", "app"}, {"groups", "www"}}, {"usermod -G www -- app"}},
    {{{"name", "app"}, {"groups", "www"}, {"append", true}},
     {"usermod -a -G www -- app"}},
    {{{"name", "app"}, {"groups", "adm"}, {"append", true}}, {}},
    {{{"name", "app"}, {"groups", ""}}, {"usermod -G  -- app"}},
    {{{"name", "app"}, {"groups", list{}}}, {"usermod -G  -- app"}},
    {{{"name", "app"}, {"comment", "Other"}, {"shell", "/bin/x"}},
     {"usermod -c Other -s /bin/x -- app"}},
    {{{"name", "app"}, {"home", "/srv/app"}, {"move_home", true}},
     {"usermod -d /srv/app -m -- app"}},
    {{{"name", "app"}, {"group", "www"}, {"uid", 1001}},
     {"usermod -u 1001 -g 33 -- app"}},
    {{{"name", "app"}, {"expires", 1728000000}}, {}},
    {{{"name", "app"}, {"expires", 1728086400}},
     {"usermod -e 2024-10-05 -- app"}},
    {{{"name", "app"}, {"expires", -1.5}}, {"usermod -e  -- app"}},
    {{{"name", "app"}, {"password_lock", true}}, {}},
    {{{"name", "app"}, {"password_lock", false}}, {"usermod -U -- app"}},
    {{{"name", "app"}, {"password", "$6$x$y"}}, {}},
    {{{"name", "app"}, {"password", hashed}, {"password_lock", false}},
     {"chpasswd --encrypted"}},
    {{{"name", "app"}, {"password", hashed}, {"update_password", "on_create"}},
     {}},
    {{{"name", "app"}, {"password_expire_max", 99999}}, {}},
    {{{"name", "app"}, {"password_expire_max", 9}}, {"chage -M 9 -- app"}},
  };
  for (auto& each : table) {
    account_host one;
    CAPTURE(to_display(value{each.given}));
    CHECK(one.predict("user", each.given).changed == !each.lines.empty());
    CHECK(one.host.programs.calls().empty());
    auto out = one.run("user", each.given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == !each.lines.empty());
    CHECK(one.host.programs.calls() == each.lines);
    CHECK_FALSE(one.run("user", each.given).changed);
  }
}

TEST_CASE("user returns the account", "[modules][user][M047]") {
  account_host one;
  auto out = one.run(
    "user", {{"name", "new"}, {"groups", "adm"}, {"password", hashed}});
  CHECK(integer_at(out, "uid") == 1001);
  CHECK(text_at(out, "home") == "/home/new");
  CHECK(text_at(out, "groups") == "adm");
  CHECK(text_at(out, "password") == "NOT_LOGGING_PASSWORD");
  CHECK(text_at(out, "create_home") == "True");
  CHECK(one.holds("/etc/shadow", std::string{"new:"} + hashed));
  for (auto& line : one.host.programs.calls())
    CHECK(line.find(hashed) == std::string::npos);
  out = one.run("user", {{"name", "new"}, {"comment", "x"}});
  CHECK(text_at(out, "append") == "False");
  CHECK(text_at(out, "comment") == "x");
  out
    = one.run("user", {{"name", "new"}, {"state", "absent"}, {"remove", true}});
  CHECK(out.changed);
  CHECK(text_at(out, "remove") == "True");
  CHECK(one.host.programs.count("userdel -r -- new") == 1);
  CHECK_FALSE(one.holds("/etc/passwd", "new:"));
}

TEST_CASE("user makes a home that is missing, with the folders above it",
          "[modules][user][M047]") {
  account_host one;
  auto& disk = one.host.disk;
  disk.put("/etc/skel/.profile", "PATH\n", 0640);
  disk.put_folder("/etc/skel/bin");
  REQUIRE(disk.make_symlink(".profile", "/etc/skel/link"));
  disk.put("/etc/login.defs", "# UMASK 000\nUMASK\t\t027\n");
  auto out = one.run("user", {{"name", "new"}, {"home", "/far/away/new"}});
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.host.programs.count("useradd -d /far/away/new -M -- new") == 1);
  CHECK(one.file("/far/away/new/.profile") == "PATH\n");
  auto home = disk.status("/far/away/new", false);
  REQUIRE((home && *home));
  CHECK((*home)->mode == 0750);
  CHECK((*home)->uid == 1001);
  auto profile = disk.status("/far/away/new/.profile", false);
  CHECK((*profile)->mode == 0640);
  CHECK((*profile)->uid == 1001);
  CHECK((*disk.status("/far/away", false))->uid == 0);
  CHECK((*disk.status("/far/away/new/link", false))->kind
        == file_kind::symlink);
  REQUIRE(disk.remove_all("/home/app"));
  CHECK(one.predict("user", {{"name", "app"}}).changed);
  CHECK(one.run("user", {{"name", "app"}}).changed);
  CHECK(one.file("/home/app/.profile") == "PATH\n");
  CHECK_FALSE(one.run("user", {{"name", "app"}}).changed);
}

TEST_CASE("user generates a key once", "[modules][user][M047]") {
  account_host one;
  std::string made;
  one.host.programs.on("ssh-keygen -q *", [&](const process_spec& spec) {
    return program_answer{.effect = [&](const process_spec&) {
      made = *(std::find(spec.argv.begin(), spec.argv.end(), "-f") + 1);
      one.host.disk.put(made, "secret", 0600);
      one.host.disk.put(made + ".pub", "ssh-rsa AAAA x\n");
    }};
  });
  one.host.programs.on("ssh-keygen -l *",
                       program_answer{.out = "2048 SHA256:x (RSA)\n"});
  dict given{{"name", "app"},
             {"generate_ssh_key", true},
             {"ssh_key_bits", 2048},
             {"ssh_key_comment", "mine"}};
  CHECK(one.predict("user", given).changed);
  auto out = one.run("user", given);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.host.programs.count("ssh-keygen -q -t rsa -b 2048 -C mine -f "
                                + made + " -N ")
        == 1);
  CHECK(made.starts_with("/tmp/run/"));
  CHECK_FALSE(*one.host.disk.status(made, false));
  CHECK(text_at(out, "ssh_key_file") == "/home/app/.ssh/id_rsa");
  CHECK(text_at(out, "ssh_public_key") == "ssh-rsa AAAA x");
  CHECK(text_at(out, "ssh_fingerprint") == "2048 SHA256:x (RSA)");
  auto key = one.host.disk.status("/home/app/.ssh/id_rsa", false);
  CHECK((*key)->uid == 1000);
  CHECK((*key)->mode == 0600);
  out = one.run("user", given);
  CHECK_FALSE(out.changed);
  CHECK(out.warnings.size() == 1);
  given.set("force", true);
  given.set("ssh_key_passphrase", "very secret");
  out = one.run("user", given);
  CHECK(out.changed);
  for (auto& line : one.host.programs.calls())
    CHECK(line.find("very secret") == std::string::npos);
}

TEST_CASE("user is led nowhere by links beside a key",
          "[modules][user][M052]") {
  dict given{{"name", "app"}, {"generate_ssh_key", true}, {"force", true}};
  auto keep = [&](account_host& one) {
    one.host.programs.on("ssh-keygen *", program_answer{.rc = 1});
    auto out = one.run("user", given);
    CHECK(out.why == errc::invalid_argument);
    CHECK(out.data.find("ssh_public_key") == nullptr);
    CHECK(one.host.programs.count("ssh-keygen *") == 0);
    CHECK(one.file("/root/.ssh/id_rsa") == "ROOT");
  };
  for (auto link : {"id_rsa", "id_rsa.pub", ""}) {
    account_host one;
    one.host.disk.put("/root/.ssh/id_rsa", "ROOT");
    std::string path{"/home/app/.ssh"};
    if (*link) {
      one.host.disk.put_folder(path);
      path += std::string{"/"} + link;
    }
    auto target = *link ? "/root/.ssh/id_rsa" : "/root/.ssh";
    REQUIRE(one.host.disk.make_symlink(target, path));
    CAPTURE(path);
    keep(one);
    CHECK(*one.host.disk.read_link(path) == target);
  }
  account_host one;
  one.host.disk.put("/root/.ssh/id_rsa", "ROOT");
  one.host.disk.put("/home/app/.ssh/id_rsa", "OTHER");
  REQUIRE(one.host.disk.set_owner("/home/app/.ssh/id_rsa", 33, 33, false));
  keep(one);
  CHECK(one.file("/home/app/.ssh/id_rsa") == "OTHER");
}

TEST_CASE("user refuses what no account can have", "[modules][user][M052]") {
  std::pair<dict, errc> table[] = {
    {{{"name", "-x"}}, errc::invalid_argument},
    {{{"name", "a:b"}}, errc::invalid_argument},
    {{{"name", "a\nroot::0:0::/:/bin/sh"}}, errc::invalid_argument},
    {{{"name", std::string{"a\0b", 3}}}, errc::invalid_argument},
    {{{"name", "x"}, {"comment", "a\nb"}}, errc::invalid_argument},
    {{{"name", "x"}, {"password", "a\nroot:b"}}, errc::invalid_argument},
    {{{"name", "x"}, {"uid", -5}}, errc::invalid_argument},
    {{{"name", "x"}, {"expires", 1e300}}, errc::invalid_argument},
    {{{"name", "x"}, {"group", "nope"}}, errc::not_found},
    {{{"name", "x"}, {"groups", list{"adm", "nope"}}}, errc::not_found},
    {{{"name", "x"}, {"umask", "077"}, {"local", true}},
     errc::invalid_argument},
  };
  for (auto& [given, why] : table) {
    account_host one;
    CAPTURE(to_display(value{given}));
    CHECK(one.run("user", given).why == why);
    CHECK(one.host.programs.calls().empty());
  }
}

TEST_CASE("user warns of a password that is no hashed",
          "[modules][user][M047]") {
  for (auto [password, warned] : {std::pair{"plain", true},
                                  {"*", false},
                                  {"!", false},
                                  {"$6$x$y", true},
                                  {hashed, false},
                                  {"$1$ab$0123456789012345678901", false}}) {
    account_host one;
    CAPTURE(password);
    auto out = one.predict("user", {{"name", "app"}, {"password", password}});
    CHECK(out.warnings.empty() == !warned);
  }
}

TEST_CASE("users that would be made are known to later tasks",
          "[modules][user][M021]") {
  account_host one;
  one.made = std::make_shared<prediction>();
  CHECK(one.predict("user", {{"name", "new"}, {"uid", 700}}).changed);
  CHECK_FALSE(one.predict("group", {{"name", "new"}}).changed);
  auto out = one.predict(
    "file", {{"path", "/srv"}, {"state", "directory"}, {"owner", "new"}});
  INFO(out.msg);
  CHECK_FALSE(out.failed);
  CHECK(one.predict("user", {{"name", "app"}, {"comment", "Other"}}).changed);
  CHECK_FALSE(one.predict("user", {{"name", "app"}, {"uid", 1000}}).changed);
  CHECK(one.predict("user", {{"name", "app"}, {"uid", 1500}}).changed);
  CHECK_FALSE(one.predict("user", {{"name", "app"}, {"uid", 1500}}).changed);
  CHECK(one.predict("user", {{"name", "app"}, {"state", "absent"}}).changed);
  CHECK_FALSE(
    one.predict("user", {{"name", "app"}, {"state", "absent"}}).changed);
}

TEST_CASE("user with local uses the tools of libuser",
          "[modules][user][M047]") {
  account_host one;
  one.host.people.users.push_back({"far", 9000, 9000, "", "/home/app", ""});
  for (auto line : {"luseradd *", "lchage *", "lgroupmod *", "lusermod *"})
    one.host.programs.on(line, program_answer{});
  auto out = one.run(
    "user",
    {{"name", "far"}, {"local", true}, {"groups", "adm"}, {"expires", 86400}});
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.host.programs.calls()
        == std::vector<std::string>{"luseradd -- far", "lchage -E 1 -- far",
                                    "lgroupmod -M far -- adm"});
  out = one.run("user", {{"name", "app"}, {"local", true}, {"groups", "www"}});
  CHECK(one.host.programs.count("lgroupmod -m app -- adm") == 1);
  CHECK(one.host.programs.count("lgroupmod -M app -- www") == 1);
}

TEST_CASE("what is predicted of a user holds for later tasks",
          "[modules][user][M021]") {
  dict table[] = {
    {{"name", "app"}, {"shell", "/bin/zzz"}},
    {{"name", "app"}, {"comment", "Other"}, {"home", "/srv/app"}},
    {{"name", "app"}, {"group", "www"}},
    {{"name", "app"}, {"password", hashed}},
    {{"name", "app"}, {"password_lock", false}},
    {{"name", "app"}, {"groups", "www"}, {"append", true}},
    {{"name", "app"}, {"groups", list{"www"}}},
    {{"name", "app"}, {"expires", 1422403387.0}},
    {{"name", "app"}, {"password_expire_max", 30}},
    {{"name", "new"}, {"groups", list{"adm"}}, {"password", hashed}},
  };
  for (auto& given : table) {
    account_host one;
    one.made = std::make_shared<prediction>();
    auto before = one.host.disk.snapshot();
    CAPTURE(to_display(value{given}));
    CHECK(one.predict("user", given).changed);
    CHECK_FALSE(one.predict("user", given).changed);
    CHECK(one.host.disk.snapshot() == before);
    CHECK(one.host.programs.calls().empty());
  }
}

TEST_CASE("a home that would move is at its old place no more",
          "[modules][user][M021]") {
  account_host one;
  one.made = std::make_shared<prediction>();
  auto old = one.host.accounts().user("app")->home;
  one.host.disk.put_folder(old);
  one.host.disk.put(old + "/x", "1");
  auto is_there = [&](const std::string& path) {
    auto out = one.predict("stat", {{"path", path}});
    auto* stat = out.data.find("stat");
    return stat != nullptr && stat->find("exists")
           && *stat->find("exists") == value{true};
  };
  REQUIRE(is_there(old + "/x"));
  dict given{{"name", "app"}, {"home", "/srv/moved"}, {"move_home", true}};
  one.host.disk.put_folder("/srv");
  CHECK(one.predict("user", given).changed);
  CHECK_FALSE(is_there(old + "/x"));
  CHECK_FALSE(
    one.predict("file", {{"path", old}, {"state", "absent"}}).changed);
  CHECK_FALSE(one.predict("user", given).changed);
}
