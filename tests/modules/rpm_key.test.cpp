#include "tests/support/simulated.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto listed_key
  = "pub:-:4096:1:9DC858229FC7DD38:1:::-:::scSC::::::0:\n"
    "fpr:::::::::ED7A3A5B9DC858229FC7DD38:\n"
    "uid:-::::1::X::Example::::::::::0:\n"
    "sub:-:4096:1:1111111111111111:1::::::e::::::23:\n"
    "fpr:::::::::2222222222222222:\n";

/// A host with rpm, whose keys are these texts, and gpg, for which the text of
/// a key is its list.
struct key_runner : simulated_runner {
  key_runner() {
    host.disk.put("/etc/key", listed_key);
    host.programs.on_program("gpg", [this](const process_spec& spec) {
      auto& words = spec.argv;
      if (spec.input)
        return program_answer{.out = *spec.input};
      auto text = host.disk.read(words.back(), 10'000);
      return program_answer{.out = text ? *text : ""};
    });
    host.programs.on_program("rpm", [this](const process_spec& spec) {
      auto& words = spec.argv;
      auto has = [&words](const char* word) {
        return std::find(words.begin(), words.end(), word) != words.end();
      };
      if (has("--import"))
        trusted = listed_key;
      else if (has("--erase"))
        trusted.clear();
      else if (trusted.empty())
        return program_answer{.rc = 1};
      return program_answer{.out = trusted};
    });
  }

  std::string trusted;
};

} // namespace

TEST_CASE("a key is trusted once, and no more when it is removed",
          "[modules][rpm_key][M050]") {
  key_runner on;
  dict task{{"key", "/etc/key"}};
  CHECK(on.predict("rpm_key", task).changed);
  CHECK(on.trusted.empty());
  CHECK(on.run("rpm_key", task).changed);
  CHECK_FALSE(on.trusted.empty());
  CHECK_FALSE(on.run("rpm_key", task).changed);
  auto id
    = GENERATE(as<std::string>{}, "9dc858229fc7dd38", "0x9FC7DD38", "/etc/key");
  dict gone{{"key", id}, {"state", "absent"}};
  CHECK(on.run("rpm_key", gone).changed);
  CHECK(on.trusted.empty());
  CHECK(on.host.programs.count("*--erase*gpg-pubkey-9fc7dd38") == 1);
  CHECK_FALSE(on.run("rpm_key", gone).changed);
}

TEST_CASE("a key is loaded, and its fingerprint decides",
          "[modules][rpm_key]") {
  key_runner on;
  on.host.net.pages = {{.target = "/key", .body = listed_key}};
  dict task{{"key", "https://rpm.example.com/key"},
            {"fingerprint", "ED7A 3A5B 9dc8 5822 9FC7 DD38"}};
  CHECK(on.run("rpm_key", task).changed);
  on.trusted.clear();
  task.set("fingerprint", "2222222222222222");
  CHECK(on.run("rpm_key", task).failed);
  on.host.net.pages[0].body = "<html>";
  task.erase("fingerprint");
  CHECK(on.run("rpm_key", task).failed);
  on.host.net.pages[0].head.status = 404;
  CHECK(on.run("rpm_key", task).failed);
  CHECK(on.trusted.empty());
  CHECK(on.host.disk.list("/tmp/run")->empty());
}

TEST_CASE("what is no key is refused", "[modules][rpm_key]") {
  key_runner on;
  auto key = GENERATE(as<std::string>{}, "", "xyz", "123456789",
                      "9dc858229fc7dd38", "/etc/none");
  CHECK(on.run("rpm_key", dict{{"key", key}}).failed);
  CHECK(on.trusted.empty());
}
