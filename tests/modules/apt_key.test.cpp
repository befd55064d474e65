#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* number = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

struct key_ring_host : simulated_runner {
  key_ring_host() {
    auto& tools = host.programs;
    tools.on("apt-key *add *", [this](const process_spec&) {
      return program_answer{.effect = [this](const process_spec&) {
        listed += "pub   rsa4096/8D81803C0EBFCD88 2017-02-22 [SCEA]\n";
      }};
    });
    tools.on("apt-key *adv --no-tty *", [this](const process_spec&) {
      return program_answer{.rc = ++tries < 3 ? 2 : 0,
                            .effect = [this](const process_spec&) {
                              if (tries >= 3)
                                listed += "pub rsa/8D81803C0EBFCD88 x\n";
                            }};
    });
    tools.on("apt-key *del *", [this](const process_spec&) {
      return program_answer{.effect
                            = [this](const process_spec&) { listed.clear(); }};
    });
    tools.on("apt-key *adv --list-public-keys *", [this](const process_spec&) {
      return program_answer{.out = listed};
    });
    tools.on("gpg --with-colons *",
             program_answer{.out = "pub:-:4096:1:8D81803C0EBFCD88:1487788586:"
                                   ":::::\n"});
  }

  std::string listed = "pub   rsa4096/1111222233334444 2017-02-22 [expired]\n";
  int tries = 0;
};

} // namespace

TEST_CASE("apt_key adds and removes a key once", "[modules][apt_key][M048]") {
  for (auto& given :
       {dict{{"file", "/k"}}, dict{{"data", "-----BEGIN"}},
        dict{{"id", number}, {"file", "/k"}},
        dict{{"id", "0x0ebfcd88"}, {"data", "x"}},
        dict{{"id", number}, {"keyserver", "keys.example.com"}},
        dict{{"file", "/k"}, {"keyring", "/etc/apt/x.gpg"}},
        dict{{"url", "https://www.example.com/k"}},
        dict{{"url", "https://www.example.com/k"}, {"id", number}}}) {
    key_ring_host one;
    one.host.net.pages = {{.target = "/k", .body = "-----BEGIN"}};
    CAPTURE(to_display(value{given}));
    CHECK(one.predict("apt_key", given).changed);
    auto out = one.run("apt_key", given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed);
    CHECK(text_at(out, "short_id") == "0EBFCD88");
    CHECK(text_at(out, "before") == "[]");
    CHECK_FALSE(one.run("apt_key", given).changed);
    CHECK(one.host.disk.list("/tmp/run")->empty());
  }
  key_ring_host one;
  one.listed = "pub   rsa4096/8D81803C0EBFCD88 2017-02-22 [SCEA]\n";
  dict gone{{"id", number}, {"state", "absent"}};
  CHECK(one.predict("apt_key", gone).changed);
  CHECK(one.run("apt_key", gone).changed);
  CHECK(one.host.programs.count("apt-key del 0EBFCD88") == 1);
  CHECK_FALSE(one.run("apt_key", gone).changed);
}

TEST_CASE("apt_key says what is wrong", "[modules][apt_key][M052]") {
  key_ring_host one;
  std::pair<dict, errc> table[] = {
    {{{"url", "https://x/k"}}, errc::network},
    {{{"url", "https://x/k"}, {"id", number}}, errc::network},
    {{{"keyserver", "k"}}, errc::missing_argument},
    {{{"keyserver", "--x"}, {"id", number}}, errc::invalid_argument},
    {{{"id", "xyz"}}, errc::invalid_argument},
    {{{"id", "123456789"}}, errc::invalid_argument},
    {{{"state", "absent"}}, errc::missing_argument},
    {{{"id", number}}, errc::missing_argument},
  };
  for (auto& [given, why] : table) {
    CAPTURE(to_display(value{given}));
    CHECK(one.run("apt_key", given).why == why);
  }
  one.host.programs.on("apt-key add *", program_answer{});
  auto out = one.run("apt_key", {{"file", "/k"}});
  CHECK(out.why == errc::command_failed);
  one.host.programs.uninstall("apt-key");
  CHECK(one.run("apt_key", {{"file", "/k"}}).why == errc::unsupported);
}
