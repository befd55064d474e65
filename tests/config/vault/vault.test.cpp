#include "config/vault/vault.hpp"

#include "config/inventory/vars_file.hpp"
#include "config/language/language.hpp"
#include "config/value/json.hpp"
#include "config/vault/vault_sources.hpp"
#include "config/vault/vault_text.hpp"
#include "platform/crypto.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

constexpr const char* usual_password = "opensesame";
constexpr const char* dev_password = "other words \xc3\xa4";

/// A file that ansible-vault of ansible-core 2.14 made.
std::string made(const std::string& name) {
  return test::read_file(test::source_path("tests/config/vault/made/") + name);
}

std::string opened(const vault& uut, std::string_view text) {
  auto out = uut.open(text, "f");
  return out ? *out : "error: " + out.why().message;
}

} // namespace

TEST_CASE("what ansible-vault made is opened", "[config][vault][M142]") {
  vault uut;
  uut.add("default", usual_password);
  uut.add("dev", dev_password);
  std::string all;
  for (int i = 0; i < 768; ++i)
    all += static_cast<char>(i);
  CHECK(opened(uut, made("one.yml"))
        == "port: 5432\nuser: app\npassword: hunter2hunter2\n");
  CHECK(opened(uut, made("dev.yml")).starts_with("port: 5432\n"));
  CHECK(opened(uut, made("empty")).empty());
  CHECK(opened(uut, made("block")) == "0123456789abcdef");
  CHECK(opened(uut, made("bytes")) == all);
}

TEST_CASE("encrypted values are opened where they stand",
          "[config][vault][M142]") {
  vault uut;
  uut.add("default", usual_password);
  auto text = made("mixed.yml");
  auto read = read_vars_text(text, "mixed.yml", {&uut});
  REQUIRE(read);
  CHECK(read->find("secret")->as_string() == "hunter2 {{ x }}");
  CHECK(read->find("secret")->as_text().unsafe);
  CHECK(read->find("secret")->place() == text_position{2, 9});
  // Another password is for that; only its use is an error.
  CHECK(read->find("deeper")->is_undefined());
  uut.add("dev", dev_password);
  CHECK(read_vars_text(text, "mixed.yml", {&uut})->find("deeper")->as_string()
        == "two\nlines");
  auto kept = read_vars_text(text, "mixed.yml", {&uut, true});
  REQUIRE(kept);
  CHECK(kept->find("secret")->find("__ansible_vault") != nullptr);
}

TEST_CASE("what nobody could open is there, and its use says where it is",
          "[config][vault][language][M142]") {
  vault uut;
  uut.add("default", usual_password);
  auto read = read_vars_text(made("mixed.yml"), "/vars/mixed.yml", {&uut});
  REQUIRE(read);
  dict_variables names{*read};
  language with;
  auto said = [&](const std::string& expression) {
    auto got = with.expression(expression, names);
    if (got)
      return to_display(*got);
    // It is no variable that is missing.
    CHECK(got.why().code == errc::permission_denied);
    CHECK_THAT(got.why().message,
               Catch::Contains("/vars/mixed.yml:")
                 && Catch::Contains("none of the passwords (default)")
                 && Catch::Contains("label 'dev'"));
    return std::string{"refused"};
  };
  CHECK(is_unopened(*read->find("deeper")));
  CHECK_FALSE(is_unopened(*read->find("secret")));
  CHECK_FALSE(is_unopened(value::undefined("other")));
  CHECK(said("deeper is defined") == "True");
  CHECK(said("deeper is undefined") == "False");
  for (auto* use : {"deeper | default('x')", "deeper | d('x', true)",
                    "'a' ~ deeper", "deeper | mandatory | length",
                    "deeper == 'x'", "deeper.y ~ ''", "[deeper] | to_json"})
    CHECK(said(use) == "refused");
}

TEST_CASE(
  "what nobody could open is no argument, and no hindrance beside others",
  "[config][vault][language][M142]") {
  vault uut;
  uut.add("default", usual_password);
  auto read = read_vars_text(made("mixed.yml"), "mixed.yml", {&uut});
  REQUIRE(read);
  auto& closed = *read->find("deeper");
  language with;
  dict_variables names{dict{{"d", dict{{"a", "{{ 1 + 1 }}"}, {"b", closed}}}}};
  for (auto& each : {closed, value{list{closed}}, value{dict{{"x", closed}}},
                     value{"{{ d.b }}"}, value{"{{ d }}"}}) {
    auto got = with.evaluate(each, names);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::permission_denied);
  }
  CHECK(to_display(*with.evaluate(value{"{{ d.a }}"}, names)) == "2");
}

TEST_CASE("what was opened is known to be secret", "[config][vault][M142]") {
  vault uut;
  uut.add("default", usual_password);
  REQUIRE(read_vars_text(made("mixed.yml"), "mixed.yml", {&uut}));
  REQUIRE(read_vars_text(made("one.yml"), "one.yml", {&uut}));
  // What is short in a file stands everywhere: `app`.
  CHECK(uut.known_secrets()
        == std::vector<std::string>{usual_password, "hunter2 {{ x }}",
                                    "hunter2hunter2"});
}

TEST_CASE("what is written is opened again", "[config][vault][M142]") {
  auto size = GENERATE(size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{17},
                       size_t{5000});
  auto label = GENERATE("", "dev");
  std::string plain(size, 'x');
  auto text = encrypt_vault(plain, "word", label);
  REQUIRE(text);
  CHECK(text->starts_with(*label ? "$ANSIBLE_VAULT;1.2;AES256;dev\n"
                                 : "$ANSIBLE_VAULT;1.1;AES256\n"));
  vault uut;
  uut.add("any", "no");
  uut.add("other", "word");
  CHECK(opened(uut, *text) == plain);
  CHECK(*text != *encrypt_vault(plain, "word", label));
}

TEST_CASE("a wrong password is told, and that there is none",
          "[config][vault][M142][M120]") {
  vault uut;
  CHECK_THAT(opened(uut, made("one.yml")),
             Catch::Contains("f: encrypted with a vault, and no password"));
  uut.add("default", "wrong");
  uut.add("dev", "wrong too");
  CHECK_THAT(opened(uut, made("dev.yml")),
             Catch::Contains("none of the passwords (default, dev) opens this, "
                             "which has the label 'dev'"));
}

TEST_CASE("a damaged text is refused with the place",
          "[config][vault][M142][M120]") {
  auto good = made("block");
  auto line = good.find('\n') + 1;
  auto with = [&](size_t at, char c) {
    auto out = good;
    out[at] = c;
    return out;
  };
  auto [text, words] = GENERATE_COPY(table<std::string, const char*>({
    {"", "f:1:1: expected an encrypted text"},
    {"port: 1\n", "f:1:1: expected an encrypted text"},
    {"$ANSIBLE_VAULT;1.1\n00", "f:1:1: expected $ANSIBLE_VAULT;VERSION"},
    {"$ANSIBLE_VAULT;1.0;AES256\n00", "f:1:16: expected version 1.1 or 1.2"},
    {"$ANSIBLE_VAULT;1.1;AES\n00", "f:1:20: expected AES256, found \"AES\""},
    {"$ANSIBLE_VAULT;1.1;AES256\n", "f:1:1: the encrypted text ends too early"},
    {"$ANSIBLE_VAULT;1.1;AES256\n666", "f:2:4: the encrypted text ends"},
    {"$ANSIBLE_VAULT;1.1;AES256\n6161", "f:2:1: the digest"},
    {"$ANSIBLE_VAULT;1.1;AES256\n7a7a0a61610a6161", "f:2:1: the salt"},
    {"$ANSIBLE_VAULT;1.1;AES256\n61610a61610a6161", "is damaged"},
    {good.substr(0, good.size() - 4), "f:6:66: the encrypted text ends"},
    {good.substr(0, good.size() - 3), "damaged"},
    {good + "30", "damaged"},
    {with(line + 4, 'g'), "f:2:5: expected hexadecimal digits"},
    {with(line + 100, ' '), "f:3:20: expected hexadecimal digits"},
  }));
  INFO(text);
  vault uut;
  uut.add("default", usual_password);
  CHECK_THAT(opened(uut, text), Catch::Contains(words));
}

TEST_CASE("no changed digit and no cut is taken for the text",
          "[config][vault][M142][M121]") {
  vault uut;
  uut.add("default", usual_password);
  auto good = made("block");
  unsigned refused = 0;
  for (size_t at = 26; at < good.size(); at += 4) {
    if (good[at] == '\n')
      continue;
    auto text = good;
    text[at] = text[at] == '3' ? '6' : '3';
    auto out = uut.open(text, "f");
    // Capitals and the like mean the same.
    refused += out && *out == "0123456789abcdef" && text != good ? 0 : 1;
    CHECK_FALSE((out && *out != "0123456789abcdef"));
    CHECK_FALSE(uut.open(good.substr(0, at), "f"));
  }
  CHECK(refused >= 90);
}

TEST_CASE("a text may be as long as its bound", "[config][vault][M142][M121]") {
  std::string text = "$ANSIBLE_VAULT;1.1;AES256\n";
  text.resize(longest_vault_text, 'x');
  CHECK(parse_vault_text(text, "f").why().code == errc::invalid_argument);
  text += 'x';
  CHECK(parse_vault_text(text, "f").why().code == errc::exhausted);
}

TEST_CASE("nothing of an encrypted file that is no YAML is shown",
          "[config][vault][M142]") {
  vault uut;
  uut.add("default", "word");
  auto text = encrypt_vault("a: [hunter2\n", "word", "");
  auto read = read_vars_text(*text, "f.yml", {&uut});
  REQUIRE_FALSE(read);
  CHECK_THAT(read.why().message, !Catch::Contains("hunter2"));
  CHECK_THAT(read.why().message, Catch::StartsWith("f.yml:"));
}

TEST_CASE("passwords come from files, programs and the environment",
          "[config][vault][M142]") {
  simulated_host machine;
  machine.disk.put("/k/word", " word\n");
  machine.disk.put("/k/empty", "\n");
  machine.disk.put("/k/ask", "#!/bin/sh\n", 0755);
  machine.disk.put("/k/key-client.py", "#!/bin/sh\n", 0755);
  machine.programs.on("ask", program_answer{.out = "from ask\n"});
  machine.programs.on("key-client.py --vault-id dev",
                      program_answer{.out = "of dev\r\n"});
  auto read = [&](const char* id) {
    auto out = read_vault_password(parse_vault_id(id), machine);
    return out ? *out : "error: " + out.why().message;
  };
  CHECK(read("/k/word") == "word");
  CHECK(read("dev@/k/ask") == "from ask");
  CHECK(read("dev@/k/key-client.py") == "of dev");
  CHECK_THAT(read("/k/empty"), Catch::Contains("(default) is empty: /k/empty"));
  CHECK_THAT(read("a@/k/none"), Catch::Contains("(a): "));
  machine.programs.on("ask", program_answer{.rc = 2, .err = "locked\n"});
  CHECK_THAT(read("/k/ask"), Catch::Contains("failed with 2: locked"));
  machine.programs.on("ask", program_answer{.duration = std::chrono::hours{1}});
  CHECK_THAT(read("/k/ask"), Catch::Contains("took too long"));

  vault_options given;
  CHECK(*read_vault(given, machine) == nullptr);
  machine.variables.emplace_back("ANSIBLE_VAULT_PASSWORD_FILE", "/k/word");
  machine.variables.emplace_back("ANSIBLE_VAULT_IDENTITY_LIST",
                                 "a@/k/word, b@/k/word");
  given.ids = {"c@/k/word"};
  auto all = sources_of(given, machine);
  std::string labels;
  for (auto& each : all)
    labels += each.label + " ";
  CHECK(labels == "a b c default ");
  // What a person has not written there, the message says who has.
  CHECK_THAT(all.front().named_by,
             Catch::Contains("ANSIBLE_VAULT_IDENTITY_LIST"));
  CHECK(all[2].named_by.empty());
  auto missing = all.back();
  CHECK(missing.source == "/k/word");
  missing.source = "/k/none";
  CHECK_THAT(read_vault_password(missing, machine).why().message,
             Catch::EndsWith("(named by the environment's "
                             "ANSIBLE_VAULT_PASSWORD_FILE)"));
  given.password_files = {"/k/other"};
  CHECK(sources_of(given, machine).back().source == "/k/other");
  CHECK(sources_of(given, machine).back().named_by.empty());
}
