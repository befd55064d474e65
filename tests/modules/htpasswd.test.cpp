#include "modules/support/accounts/web_passwords.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* users = "/etc/users";
constexpr const char* secret = "secret";

// As passlib makes them of that password.
constexpr const char* apr_hash = "$apr1$WB7Nzp3v$W3aW/Xe1aD.6GSTRZ33zg0";
constexpr const char* des_hash = "GFurw02naw0WE";
constexpr const char* sha1_hash = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";
constexpr const char* md5_hash = "$1$lhQjdmdJ$Qm5TDkJYnz0o3c7RyMmrD0";
constexpr const char* sha256_hash
  = "$5$rounds=535000$FOuVj85nrNbbH.S4$89XDSgbxqGDup/XMNRgCm0BwYy9Jmf7/"
    "PgOwxehJW91";

std::string text_of(simulated_runner& one) {
  auto text = one.host.disk.read(users, size_t{1} << 20);
  return text ? *text : "(absent)";
}

module_result set_user(simulated_runner& one, dict more) {
  dict given{{"path", users}, {"name", "joe"}, {"password", secret}};
  for (auto& [name, x] : more)
    given.set(name, x);
  return one.run("htpasswd", given);
}

} // namespace

TEST_CASE("htpasswd knows passwords that are there",
          "[modules][htpasswd][M047]") {
  struct known_case {
    std::string hash;
    const char* scheme;
    bool known;
  };
  known_case table[] = {
    {apr_hash, "apr_md5_crypt", true},
    {des_hash, "apr_md5_crypt", true},
    {sha1_hash, "apr_md5_crypt", true},
    {secret, "apr_md5_crypt", true},
    {sha256_hash, "plaintext", true},
    {md5_hash, "md5_crypt", true},
    {apr_hash, "md5_crypt", true},
    // Servers would not read that.
    {md5_hash, "apr_md5_crypt", false},
    {sha256_hash, "md5_crypt", false},
    {"$apr1$WB7Nzp3v$W3aW/Xe1aD.6GSTRZ33zg1", "apr_md5_crypt", false},
    {"$apr1$", "apr_md5_crypt", false},
    {"$apr1$WB7Nzp3v", "apr_md5_crypt", false},
    {"$2y$05$abc", "apr_md5_crypt", false},
    {"{SHA}", "apr_md5_crypt", false},
    {"", "apr_md5_crypt", false},
  };
  for (auto& each : table) {
    CAPTURE(each.hash, each.scheme);
    CHECK(is_web_password(secret, each.hash, each.scheme) == each.known);
    CHECK_FALSE(is_web_password("another", each.hash, each.scheme));
  }
  CHECK(is_web_password("", "$apr1$AD8sjYh/$h2eYUcapXaLwoaoXs0oE0/",
                        "apr_md5_crypt"));
}

TEST_CASE("htpasswd keeps passwords by each scheme",
          "[modules][htpasswd][M047]") {
  std::pair<const char*, const char*> table[] = {
    {"apr_md5_crypt", "joe:$apr1$"}, {"bcrypt", "joe:$2b$12$"},
    {"des_crypt", "joe:"},           {"ldap_sha1", "joe:{SHA}5en6G6MezRroT3X"},
    {"md5_crypt", "joe:$1$"},        {"plaintext", "joe:secret\n"},
  };
  for (auto& [scheme, begin] : table) {
    simulated_runner one;
    CAPTURE(scheme);
    auto out = set_user(one, {{"crypt_scheme", scheme}});
    INFO(out.msg);
    CHECK(out.changed);
    CHECK(text_at(out, "msg") == "Created /etc/users and added joe");
    auto text = text_of(one);
    CHECK(text.starts_with(begin));
    out = set_user(one, {{"hash_scheme", scheme}});
    CHECK_FALSE(out.changed);
    CHECK(text_at(out, "msg") == "joe already present");
    CHECK(text_of(one) == text);
    // Each hash has bytes of chance of its own, but for those without any.
    out = set_user(one, {{"crypt_scheme", scheme}, {"name", "ann"}});
    CHECK(out.changed);
  }
  CHECK(web_password(secret, "nosuch").why().code == errc::unsupported);
}

TEST_CASE("htpasswd edits the line of a user", "[modules][htpasswd][M047]") {
  struct edit_case {
    std::string before;
    dict given;
    std::string after;
    const char* msg;
  };
  dict plain{{"crypt_scheme", "plaintext"}};
  dict absent{{"state", "absent"}};
  edit_case table[] = {
    {"# all\nann:x\n\njoe:old  \nbob:y", plain,
     "# all\nann:x\njoe:secret\nbob:y\n", "Add/update joe"},
    {"ann:x\r\n", plain, "ann:x\njoe:secret\n", "Add/update joe"},
    {"joe:a\njoe:b\n", plain, "joe:secret\njoe:b\n", "Add/update joe"},
    {"#joe:x", plain, "#joe:x\njoe:secret\n", "Add/update joe"},
    {"ann:x\n\njoe:secret\n", plain, "", "joe already present"},
    {"ann:x\njoe:old\nbob:y\n", absent, "ann:x\nbob:y\n", "Remove joe"},
    {"joe:old\njoe:older\n", absent, "(empty)", "Remove joe"},
    {"ann:x\n\n", absent, "", "joe not present"},
  };
  for (auto& each : table) {
    simulated_runner one;
    one.host.disk.put(users, each.before, 0640);
    CAPTURE(each.before, to_display(value{each.given}));
    auto out = set_user(one, each.given);
    INFO(out.msg);
    CHECK(out.changed == !each.after.empty());
    CHECK(text_at(out, "msg") == each.msg);
    CHECK(text_of(one)
          == (each.after.empty()        ? each.before
              : each.after == "(empty)" ? ""
                                        : each.after));
    CHECK((*one.host.disk.status(users, true))->mode == 0640);
    CHECK_FALSE(set_user(one, each.given).changed);
  }
}

TEST_CASE("htpasswd needs no password of a user who is there",
          "[modules][htpasswd][M047]") {
  simulated_runner one;
  one.host.disk.put(users, "joe:x\n");
  dict given{{"path", users}, {"name", "joe"}, {"mode", "0600"}};
  auto out = one.run("htpasswd", given);
  CHECK(out.changed);
  CHECK(text_at(out, "msg")
        == "joe already presentownership, perms or SE linux context changed");
  CHECK_FALSE(one.run("htpasswd", given).changed);
  given.set("name", "ann");
  CHECK(one.run("htpasswd", given).why == errc::missing_argument);
}

TEST_CASE("htpasswd predicts and shows nothing of what is secret",
          "[modules][htpasswd][M021]") {
  simulated_runner one;
  one.diff_mode = true;
  one.made = std::make_shared<prediction>();
  dict given{{"path", "/new/users"},
             {"name", "joe"},
             {"password", secret},
             {"crypt_scheme", "plaintext"}};
  auto out = one.predict("htpasswd", given);
  CHECK(out.changed);
  CHECK(text_at(out, "msg") == "Create /new/users");
  CHECK(out.diff.is_null());
  CHECK_FALSE(one.predict("htpasswd", given).changed);
  CHECK_FALSE(*one.host.disk.status("/new", true));
  out = one.run("htpasswd", given);
  CHECK(out.diff.is_null());
  auto& spec = builtin_modules().find("htpasswd")->spec();
  auto shown = to_display(value{shown_arguments(spec, given)});
  CHECK(shown.find(secret) == std::string::npos);
}

TEST_CASE("htpasswd refuses what would break the file",
          "[modules][htpasswd][M052]") {
  simulated_runner one;
  one.host.disk.put(users, "ann:x\n");
  for (auto* name : {"a:b", "a\nb", "a\tb", "#joe"})
    CHECK(set_user(one, {{"name", name}}).why == errc::invalid_argument);
  CHECK(set_user(one, {{"name", std::string(256, 'x')}}).why
        == errc::invalid_argument);
  for (auto* password : {"a:b", "a\nann:y"})
    CHECK(
      set_user(one, {{"password", password}, {"crypt_scheme", "plaintext"}}).why
      == errc::invalid_argument);
  CHECK(set_user(one, {{"crypt_scheme", "nosuch"}}).why == errc::unsupported);
  CHECK(text_of(one) == "ann:x\n");
  auto out = set_user(one, {{"path", "/gone"}, {"create", false}});
  CHECK(out.msg == "Destination /gone does not exist");
  out = set_user(one, {{"path", "/gone"}, {"state", "absent"}});
  CHECK_FALSE(out.failed);
  CHECK(out.msg == "joe not present");
  CHECK(out.warnings == std::vector<std::string>{"/gone does not exist"});
  for (auto* text : {"ann\n", "a:b:c\n"}) {
    one.host.disk.put(users, text);
    CHECK(set_user(one, {}).msg
          == "malformed htpasswd file (error reading line 1)");
  }
}
