#include "config/vault/vault.hpp"

#include "tests/support/simulated.hpp"

using namespace troupe;

namespace {

/// A machine with a password, and files that are encrypted with it in /src.
class vault_run : public test::simulated_runner {
public:
  vault_run() {
    auto made = std::make_shared<vault>();
    made->add("default", "word");
    secrets = made;
    put("motd", "hello\n");
    put("vars.yml", "port: 80\nname: appl\n");
    put("motd.j2", "port {{ port }}\n");
    names.set("port", 80);
  }

  void put(const std::string& name, const std::string& plain) {
    auto text = encrypt_vault(plain, "word", "");
    REQUIRE(text);
    host.disk.put("/src/" + name, *text);
  }

  std::string text(const std::string& path) {
    auto out = host.disk.read(path, 1000);
    return out ? *out : out.why().message;
  }
};

} // namespace

TEST_CASE("modules open encrypted sources", "[modules][vault]") {
  vault_run s;
  CHECK_FALSE(
    s.run("copy", {{"src", "/src/motd"}, {"dest", "/etc/motd"}}).failed);
  CHECK(s.text("/etc/motd") == "hello\n");
  CHECK_FALSE(
    s.run("copy", {{"src", "/src/motd"}, {"dest", "/etc/motd"}}).changed);
  CHECK_FALSE(
    s.run("template", {{"src", "/src/motd.j2"}, {"dest", "/etc/x"}}).failed);
  CHECK(s.text("/etc/x") == "port 80\n");
  CHECK_FALSE(s.run("copy", {{"src", "/src/"}, {"dest", "/tree"}}).failed);
  CHECK(s.text("/tree/motd") == "hello\n");
  CHECK_FALSE(
    s.run("copy",
          {{"src", "/src/motd"}, {"dest", "/etc/as"}, {"decrypt", false}})
      .failed);
  CHECK(is_vault_text(s.text("/etc/as")));
  auto read = s.run("include_vars", {{"file", "/src/vars.yml"}});
  CHECK_FALSE(read.failed);
  CHECK(to_display(value{read.facts}) == "{'port': 80, 'name': 'appl'}");
}

TEST_CASE("what no password opens is never taken for content",
          "[modules][vault]") {
  vault_run s;
  auto with = std::make_shared<vault>();
  s.secrets = GENERATE(false, true) ? with : nullptr;
  for (auto* name : {"copy", "template"}) {
    auto out = s.run(name, {{"src", "/src/motd"}, {"dest", "/etc/motd"}});
    CHECK(out.failed);
    CHECK_THAT(out.msg, Catch::Contains("no password was given"));
  }
  CHECK(s.run("include_vars", {{"file", "/src/vars.yml"}}).failed);
  CHECK_FALSE(s.host.disk.access("/etc/motd", "r"));
}
