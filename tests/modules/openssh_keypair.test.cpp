#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n";

/// A host whose `ssh-keygen` makes and reads keys that are but lines.
struct key_host : simulated_runner {
  key_host() {
    host.disk.put_folder("/k");
    auto& tools = host.programs;
    tools.on("ssh-keygen -q -b *", [this](const process_spec& spec) {
      made = spec;
      auto& words = spec.argv;
      auto comment = words[9];
      program_answer out;
      out.effect = [this, comment, to = words[7]](const process_spec&) {
        host.disk.put(to, pem, 0600);
        host.disk.put(to + ".pub", "ssh-rsa NEW " + comment + "\n", 0644);
      };
      return out;
    });
    tools.on("ssh-keygen -q -c *", [this](const process_spec& spec) {
      program_answer out;
      out.effect = [this, words = spec.argv](const process_spec&) {
        host.disk.put(words[6] + ".pub", "ssh-rsa OLD " + words[4] + "\n");
      };
      return out;
    });
    knows("ssh-rsa OLD", "4096 SHA256:old joe (RSA)");
  }

  /// What is said of the key that is there.
  void knows(const std::string& open, const std::string& line) {
    host.programs.on("ssh-keygen -l -f /k/id",
                     program_answer{.out = line + "\n"});
    host.programs.on("ssh-keygen -P  -y -f /k/id",
                     program_answer{.out = open + "\n"});
  }

  void put_old() {
    host.disk.put("/k/id", pem, 0600);
    host.disk.put("/k/id.pub", "ssh-rsa OLD joe\n", 0644);
  }

  std::string text(const std::string& path) {
    auto out = host.disk.read(path, size_t{1} << 20);
    return out ? *out : "(absent)";
  }

  process_spec made;
};

dict keypair(dict more = {}) {
  dict out{{"path", "/k/id"}};
  for (auto& [name, x] : more)
    out.set(name, x);
  return out;
}

} // namespace

TEST_CASE("openssh_keypair makes keys that are missing",
          "[modules][openssh_keypair][M047]") {
  std::pair<dict, std::string> table[] = {
    {{}, "-q -b 4096 -t rsa"},
    {{{"size", 2048}}, "-q -b 2048 -t rsa"},
    {{{"type", "ed25519"}, {"size", 7}}, "-q -b 256 -t ed25519"},
    {{{"type", "ecdsa"}}, "-q -b 256 -t ecdsa"},
    {{{"type", "dsa"}}, "-q -b 1024 -t dsa"},
    {{{"comment", "a b"}}, "-q -b 4096 -t rsa"},
    {{{"backend", "cryptography"}, {"private_key_format", "pkcs8"}},
     "-q -b 4096 -t rsa"},
  };
  for (auto& [given, words] : table) {
    key_host one;
    CAPTURE(to_display(value{given}));
    CHECK(one.predict("openssh_keypair", keypair(given)).changed);
    CHECK(one.text("/k/id") == "(absent)");
    CHECK(one.host.programs.count("ssh-keygen -q *") == 0);
    auto out = one.run("openssh_keypair", keypair(given));
    INFO(out.msg);
    CHECK(out.changed);
    CHECK(one.host.programs.count("ssh-keygen " + words + " *") == 1);
    CHECK(one.text("/k/id") == pem);
    CHECK((*one.host.disk.status("/k/id", true))->mode == 0600);
    CHECK((*one.host.disk.status("/k/id.pub", true))->mode == 0644);
    CHECK(text_at(out, "public_key") == "ssh-rsa NEW");
    CHECK(text_at(out, "fingerprint") == "SHA256:old");
    CHECK(text_at(out, "filename") == "/k/id");
    // Nothing is left where it was made.
    for (auto& name : *one.host.disk.list(one.temporary))
      CHECK(name.find("key") == std::string::npos);
  }
}

TEST_CASE("openssh_keypair keeps keys that are as they shall be",
          "[modules][openssh_keypair][M047]") {
  struct keep_case {
    dict given;
    bool changed;
    std::string open;
  };
  keep_case table[] = {
    {{}, false, "ssh-rsa OLD joe\n"},
    {{{"comment", "joe"}}, false, "ssh-rsa OLD joe\n"},
    {{{"comment", "a b"}}, true, "ssh-rsa OLD a b\n"},
    {{{"regenerate", "never"}, {"type", "ed25519"}},
     false,
     "ssh-rsa OLD joe\n"},
    {{{"size", 2048}}, true, "ssh-rsa NEW \n"},
    {{{"type", "ed25519"}}, true, "ssh-rsa NEW \n"},
    {{{"force", true}}, true, "ssh-rsa NEW \n"},
    {{{"regenerate", "always"}}, true, "ssh-rsa NEW \n"},
    {{{"mode", "0640"}}, true, "ssh-rsa OLD joe\n"},
  };
  for (auto& each : table) {
    key_host one;
    one.put_old();
    CAPTURE(to_display(value{each.given}));
    CHECK(one.predict("openssh_keypair", keypair(each.given)).changed
          == each.changed);
    CHECK(one.text("/k/id.pub") == "ssh-rsa OLD joe\n");
    auto out = one.run("openssh_keypair", keypair(each.given));
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == each.changed);
    CHECK(one.text("/k/id.pub") == each.open);
  }
  // Another one's, or none.
  for (auto* open : {"", "ssh-rsa OTHER joe\n", "junk"}) {
    key_host one;
    one.put_old();
    one.host.disk.put("/k/id.pub", open, 0640);
    CHECK(one.run("openssh_keypair", keypair()).changed);
    CHECK(one.text("/k/id.pub") == "ssh-rsa OLD\n");
    CHECK((*one.host.disk.status("/k/id.pub", true))->mode == 0640);
  }
}

TEST_CASE("openssh_keypair leaves keys that it cannot read",
          "[modules][openssh_keypair][M052]") {
  std::pair<const char*, bool> table[] = {
    {"never", false},
    {"fail", false},
    {"partial_idempotence", false},
    {"full_idempotence", true},
    {"always", true},
  };
  for (auto& [regenerate, made] : table) {
    key_host one;
    one.put_old();
    one.host.programs.on("ssh-keygen -P  -y *", program_answer{.rc = 255});
    CAPTURE(regenerate);
    auto out
      = one.run("openssh_keypair", keypair({{"regenerate", regenerate}}));
    CHECK(out.failed == !made);
    CHECK(one.text("/k/id.pub")
          == (made ? "ssh-rsa NEW \n" : "ssh-rsa OLD joe\n"));
  }
  key_host one;
  one.put_old();
  auto out = one.run("openssh_keypair",
                     keypair({{"regenerate", "fail"}, {"size", 2048}}));
  CHECK(out.msg.starts_with("Key has wrong type and/or size."));
}

TEST_CASE("openssh_keypair removes both", "[modules][openssh_keypair][M047]") {
  key_host one;
  one.put_old();
  dict given = keypair({{"state", "absent"}});
  CHECK(one.predict("openssh_keypair", given).changed);
  CHECK(one.text("/k/id") == pem);
  auto out = one.run("openssh_keypair", given);
  CHECK(out.changed);
  CHECK(text_at(out, "comment") == "joe");
  CHECK(one.text("/k/id") == "(absent)");
  CHECK(one.text("/k/id.pub") == "(absent)");
  CHECK_FALSE(one.run("openssh_keypair", given).changed);
}

TEST_CASE("openssh_keypair tells nobody a passphrase",
          "[modules][openssh_keypair][M052]") {
  key_host one;
  dict given = keypair({{"passphrase", "hush"}});
  CHECK(one.run("openssh_keypair", given).changed);
  for (auto& line : one.host.programs.calls())
    CHECK(line.find("hush") == std::string::npos);
  CHECK(
    std::find(one.made.environment.begin(), one.made.environment.end(),
              std::pair<std::string, std::string>{"TROUPE_KEY_PHRASE", "hush"})
    != one.made.environment.end());
  auto& spec = builtin_modules().find("openssh_keypair")->spec();
  CHECK(to_display(value{shown_arguments(spec, given)}).find("hush")
        == std::string::npos);
  // A key without one is not what was asked for.
  CHECK(one.run("openssh_keypair", given).failed);
}

TEST_CASE("openssh_keypair shows what differs",
          "[modules][openssh_keypair][M022]") {
  key_host one;
  one.put_old();
  one.diff_mode = true;
  auto out = one.run("openssh_keypair", keypair({{"state", "absent"}}));
  CHECK(to_display(out.diff)
        == "{'before': {'size': 4096, 'type': 'rsa', 'fingerprint': "
           "'SHA256:old', 'format': '', 'comment': 'joe', 'public_key': "
           "'OLD'}, 'after': {}}");
}

TEST_CASE("openssh_keypair refuses what cannot be",
          "[modules][openssh_keypair][M052]") {
  key_host one;
  std::pair<dict, errc> table[] = {
    {{{"size", 512}}, errc::invalid_argument},
    {{{"type", "dsa"}, {"size", 2048}}, errc::invalid_argument},
    {{{"type", "ecdsa"}, {"size", 255}}, errc::invalid_argument},
    {{{"path", "/none/id"}}, errc::not_found},
    {{{"path", "/k"}}, errc::invalid_argument},
    {{{"comment", "a\nb"}}, errc::invalid_argument},
    {{{"private_key_format", "pkcs1"}}, errc::invalid_argument},
    {{{"private_key_format", "pkcs1"},
      {"backend", "cryptography"},
      {"type", "ed25519"}},
     errc::unsupported},
  };
  for (auto& [given, why] : table) {
    CAPTURE(to_display(value{given}));
    CHECK(one.run("openssh_keypair", keypair(given)).why == why);
  }
  one.host.programs.on("ssh-keygen -q -b *",
                       program_answer{.rc = 1, .err = "unknown key type\n"});
  CHECK(one.run("openssh_keypair", keypair({{"type", "rsa1"}})).msg
        == "unknown key type");
}
