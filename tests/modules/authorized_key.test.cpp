#include "tests/support/accounts.hpp"
#include "tests/support/simulated.hpp"

#include <fmt/format.h>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* keys = "/home/app/.ssh/authorized_keys";

struct key_case {
  const char* before;
  dict given;
  const char* after;
};

} // namespace

TEST_CASE("authorized_key makes the lines of a user what they shall be",
          "[modules][authorized_key][M047]") {
  key_case table[] = {
    {"", {{"key", "ssh-rsa AAA me@x"}}, "ssh-rsa AAA me@x\n"},
    {"", {{"key", "ssh-rsa AAA"}}, "ssh-rsa AAA \n"},
    {"# mine\nssh-rsa BBB b\n",
     {{"key", "ssh-ed25519 AAA a b"}},
     "# mine\nssh-rsa BBB b\nssh-ed25519 AAA a b\n"},
    {"ssh-rsa AAA a\nssh-rsa BBB b\n",
     {{"key", "ssh-rsa AAA c"}},
     "ssh-rsa BBB b\nssh-rsa AAA c\n"},
    {"",
     {{"key", "ssh-rsa AAA a"}, {"key_options", "no-pty,from=\"1,2\""}},
     "no-pty,from=\"1,2\" ssh-rsa AAA a\n"},
    {"no-pty ssh-rsa AAA a\n", {{"key", "ssh-rsa AAA a"}}, "ssh-rsa AAA a\n"},
    {"",
     {{"key", "ssh-rsa AAA a"}, {"comment", "other"}},
     "ssh-rsa AAA other\n"},
    {"ssh-rsa AAA a\nssh-rsa BBB b\n",
     {{"key", "ssh-rsa AAA zzz"}, {"state", "absent"}},
     "ssh-rsa BBB b\n"},
    {"# x\nssh-rsa BBB b\nnonsense\n",
     {{"key", "# comment\nssh-rsa AAA a\n\nssh-rsa CCC c\n"},
      {"exclusive", true}},
     "ssh-rsa AAA a\nssh-rsa CCC c\n"},
    {"nonsense", {{"key", "ssh-rsa AAA a"}}, "nonsense\nssh-rsa AAA a\n"},
  };
  for (auto& each : table) {
    account_host one;
    if (*each.before)
      one.host.disk.put(keys, each.before);
    auto given = each.given;
    given.set("user", "app");
    CAPTURE(each.after);
    CHECK(one.predict("authorized_key", given).changed);
    CHECK(one.file(keys) == (*each.before ? each.before : "(absent)"));
    auto out = one.run("authorized_key", given);
    INFO(out.msg);
    CHECK(out.changed);
    CHECK(one.file(keys) == each.after);
    CHECK(text_at(out, "keyfile") == keys);
    CHECK_FALSE(one.run("authorized_key", given).changed);
  }
}

TEST_CASE("authorized_key changes nothing that is as it shall be",
          "[modules][authorized_key][M047]") {
  account_host one;
  one.host.disk.put(keys, "from=\"a\",no-pty ssh-rsa AAA a b\n");
  for (auto& given :
       {dict{{"user", "app"}, {"key", "no-pty,from=\"a\" ssh-rsa AAA a b"}},
        dict{{"user", "app"}, {"key", "ssh-rsa CCC"}, {"state", "absent"}}})
    CHECK_FALSE(one.run("authorized_key", given).changed);
}

TEST_CASE("authorized_key gives folder and file to the user",
          "[modules][authorized_key][M047]") {
  account_host one;
  one.run("authorized_key", {{"user", "app"}, {"key", "ssh-rsa AAA a"}});
  auto folder = *one.host.disk.status("/home/app/.ssh", false);
  CHECK(folder->mode == 0700);
  CHECK(folder->uid == 1000);
  auto file = *one.host.disk.status(keys, false);
  CHECK(file->mode == 0600);
  CHECK(file->uid == 1000);
  auto out = one.run("authorized_key", {{"user", "app"},
                                        {"key", "ssh-rsa AAA a"},
                                        {"path", "/etc/ssh/keys/app"},
                                        {"manage_dir", false}});
  CHECK(out.why == errc::not_found);
  one.host.disk.put_folder("/etc/ssh/keys");
  out = one.run("authorized_key", {{"user", "app"},
                                   {"key", "ssh-rsa AAA a"},
                                   {"path", "/etc/ssh/keys/app"},
                                   {"manage_dir", false}});
  CHECK(out.changed);
  CHECK((*one.host.disk.status("/etc/ssh/keys", false))->uid == 0);
}

TEST_CASE("authorized_key is led nowhere by links of the user",
          "[modules][authorized_key][M052]") {
  account_host one;
  one.host.disk.put("/root/.ssh/authorized_keys", "ssh-rsa ROOT r\n");
  REQUIRE(one.host.disk.make_symlink("/root/.ssh", "/home/app/.ssh"));
  dict given{{"user", "app"}, {"key", "ssh-rsa AAA a"}};
  CHECK(one.run("authorized_key", given).why == errc::invalid_argument);
  CHECK(one.file("/root/.ssh/authorized_keys") == "ssh-rsa ROOT r\n");
  REQUIRE(one.host.disk.remove("/home/app/.ssh"));
  one.host.disk.put_folder("/home/app/.ssh");
  REQUIRE(one.host.disk.make_symlink("/root/.ssh/authorized_keys", keys));
  one.diff_mode = true;
  for (auto state : {"present", "absent"}) {
    given.set("state", state);
    auto out = one.run("authorized_key", given);
    CHECK(out.why == errc::invalid_argument);
    CHECK(out.diff.is_null());
    CHECK(one.predict("authorized_key", given).why == errc::invalid_argument);
  }
  CHECK(one.host.disk.read_link(keys));
  CHECK(one.file("/root/.ssh/authorized_keys") == "ssh-rsa ROOT r\n");
  given.set("state", "present");
  given.set("follow", true);
  CHECK(one.run("authorized_key", given).changed);
  CHECK(one.file("/root/.ssh/authorized_keys")
        == "ssh-rsa ROOT r\nssh-rsa AAA a\n");
  // The folder that the link leads to stays whose it is.
  auto uid = [&](const char* path) {
    return (*one.host.disk.status(path, false))->uid;
  };
  CHECK(uid("/root/.ssh") == 0);
  CHECK(uid("/home/app/.ssh") == 1000);
  REQUIRE(one.host.disk.remove_all("/home/app/.ssh"));
  REQUIRE(one.host.disk.make_symlink("/root/.ssh", "/home/app/.ssh"));
  given.set("state", "absent");
  CHECK(one.run("authorized_key", given).changed);
  CHECK(one.file("/root/.ssh/authorized_keys") == "ssh-rsa ROOT r\n");
  CHECK(uid("/root/.ssh") == 0);
}

TEST_CASE("authorized_key takes the links that lead to a home",
          "[modules][authorized_key][M047]") {
  account_host one;
  one.host.disk.put_folder("/data/app");
  REQUIRE(one.host.disk.remove("/home/app"));
  REQUIRE(one.host.disk.make_symlink("/data/app", "/home/app"));
  auto out
    = one.run("authorized_key", {{"user", "app"}, {"key", "ssh-rsa AAA a"}});
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.file("/data/app/.ssh/authorized_keys") == "ssh-rsa AAA a\n");
  CHECK(text_at(out, "keyfile") == keys);
}

TEST_CASE("authorized_key ends in time among many lines",
          "[modules][authorized_key][M052]") {
  account_host one;
  std::string text;
  for (int i = 0; i < 50'000; ++i)
    text += fmt::format("ssh-rsa A{} a\n", i);
  one.host.disk.put(keys, text);
  auto begin = std::chrono::steady_clock::now();
  CHECK(one.run("authorized_key", {{"user", "app"}, {"key", "ssh-rsa A7 b"}})
          .changed);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
  CHECK(one.file(keys).ends_with("ssh-rsa A49999 a\nssh-rsa A7 b\n"));
  std::stop_source end;
  end.request_stop();
  one.stop = end.get_token();
  CHECK(one.run("authorized_key", {{"user", "app"}, {"key", "ssh-rsa A7 c"}})
          .cancelled);
}

TEST_CASE("authorized_key refuses what is no key",
          "[modules][authorized_key][M052]") {
  std::pair<dict, errc> table[] = {
    {{{"user", "app"}, {"key", "AAA"}}, errc::invalid_argument},
    {{{"user", "app"}, {"key", "ssh-rsa"}}, errc::invalid_argument},
    {{{"user", "app"}, {"key", std::string{"ssh-rsa A\0", 10}}},
     errc::invalid_argument},
    {{{"user", "app"}, {"key", "ssh-rsa A"}, {"comment", "a\nb"}},
     errc::invalid_argument},
    {{{"user", "app"}, {"key", "ssh-rsa A"}, {"key_options", "a\nb"}},
     errc::invalid_argument},
    {{{"user", "app"}, {"key", "https://x/k"}}, errc::unsupported},
    {{{"user", "nope"}, {"key", "ssh-rsa A"}}, errc::not_found},
  };
  for (auto& [given, why] : table) {
    account_host one;
    CAPTURE(to_display(value{given}));
    CHECK(one.run("authorized_key", given).why == why);
    CHECK(one.file(keys) == "(absent)");
  }
}
