#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct attribute_host : simulated_runner {
  attribute_host() {
    host.disk.put("/f", "x", 0644);
    REQUIRE(host.disk.make_symlink("/f", "/l"));
    give("/f", {{"user.a", "one"}, {"trusted.t", "t"}});
  }

  void give(const std::string& path, std::vector<extended_attribute> wanted) {
    auto now = **host.disk.status(path, false);
    REQUIRE(
      host.disk.dress(path, now, {.mode = now.mode, .attributes = wanted}));
  }

  /// The content of an attribute; "(absent)" when there is none.
  std::string content(const std::string& path, std::string_view name) {
    auto all = host.disk.extended_attributes(path);
    for (auto& each : *all)
      if (each.name == name)
        return each.content;
    return "(absent)";
  }
};

dict attribute(dict more) {
  dict out{{"path", "/f"}};
  for (auto& [name, x] : more)
    out.set(name, x);
  return out;
}

} // namespace

TEST_CASE("xattr makes attributes what they shall be",
          "[modules][xattr][M047]") {
  struct xattr_case {
    dict given;
    bool changed;
    std::string name;
    std::string content;
    std::string msg;
  };
  xattr_case table[] = {
    {{{"key", "a"}, {"value", "one"}},
     false,
     "user.a",
     "one",
     "user.a set to one"},
    {{{"key", "user.a"}, {"value", "two"}},
     true,
     "user.a",
     "two",
     "user.a set to two"},
    {{{"key", "a"}, {"value", "0x6f6E65"}},
     false,
     "user.a",
     "one",
     "user.a set to 0x6f6E65"},
    {{{"key", "a"}, {"value", "0sb25l"}},
     false,
     "user.a",
     "one",
     "user.a set to 0sb25l"},
    {{{"key", "b"}, {"value", "x\\101\\0\\q\\\\\\\""}},
     true,
     "user.b",
     std::string{"xA\0\\q\\\"", 7},
     "user.b set to x\\101\\0\\q\\\\\\\""},
    {{{"key", "b"}, {"value", "\"x\""}},
     true,
     "user.b",
     "x",
     "user.b set to \"x\""},
    {{{"key", "b"}, {"value", ""}, {"state", "absent"}},
     true,
     "user.b",
     "",
     "user.b set to "},
    {{{"key", "t"}, {"namespace", "trusted"}, {"value", "u"}},
     true,
     "trusted.t",
     "u",
     "trusted.t set to u"},
    {{{"key", "trusted.t"}, {"namespace", ""}, {"value", "u"}},
     true,
     "trusted.t",
     "u",
     "trusted.t set to u"},
    {{{"key", "a"}, {"state", "absent"}},
     true,
     "user.a",
     "(absent)",
     "user.a removed"},
    {{{"key", "b"}, {"state", "absent"}},
     false,
     "user.b",
     "(absent)",
     "user.b removed"},
  };
  for (auto& each : table) {
    attribute_host one;
    auto given = attribute(each.given);
    CAPTURE(to_display(value{given}));
    CHECK(one.predict("xattr", given).changed == each.changed);
    CHECK(one.content("/f", "user.a") == "one");
    auto out = one.run("xattr", given);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == each.changed);
    CHECK(out.msg == each.msg);
    CHECK(one.content("/f", each.name) == each.content);
    // The others stay.
    if (each.name != "trusted.t")
      CHECK(one.content("/f", "trusted.t") == "t");
    CHECK_FALSE(one.run("xattr", given).changed);
  }
}

TEST_CASE("xattr shows attributes as getfattr does", "[modules][xattr][M047]") {
  attribute_host one;
  one.give("/f", {{"user.a", "a \"q\" \\ b"},
                  {"user.bin", std::string{"\0\1\2", 3}},
                  {"user.cut", std::string{"one\0", 4}},
                  {"user.line", "twenty letters and a\nline"},
                  {"security.s", "s"}});
  auto shown = [&](dict given) {
    auto out = one.run("xattr", attribute(std::move(given)));
    CHECK_FALSE(out.failed);
    CHECK_FALSE(out.changed);
    return out;
  };
  CHECK(text_at(shown({{"key", "a"}}), "xattr")
        == text_at(shown({{"key", "user.a"}}), "xattr"));
  std::pair<const char*, const char*> table[] = {
    {"a", "a \\\"q\\\" \\\\ b"},
    {"bin", "0sAAEC"},
    {"cut", "one"},
    {"line", "twenty letters and a\\012line"},
  };
  for (auto& [key, text] : table) {
    auto out = shown({{"key", key}});
    auto* found = out.data.find("xattr")->find(std::string{"user."} + key);
    REQUIRE(found);
    CHECK(found->as_string() == text);
    CHECK(out.msg == std::string{"returning user."} + key);
  }
  auto all = shown({{"state", "all"}});
  CHECK(all.data.find("xattr")->as_dict().size() == 4);
  CHECK(all.msg == "dumping all");
  auto keys = shown({{"state", "keys"}});
  CHECK(text_at(keys, "xattr")
        == "{'user.a': '', 'user.bin': '', 'user.cut': '', 'user.line': ''}");
  CHECK(keys.msg == "returning all keys");
  CHECK(shown({}).msg == "returning None");
  CHECK(text_at(shown({{"key", "none"}}), "xattr") == "{}");
}

TEST_CASE("xattr follows links, or does not", "[modules][xattr][M047]") {
  attribute_host one;
  dict given{{"path", "/l"}, {"key", "n"}, {"value", "1"}};
  CHECK(one.run("xattr", given).changed);
  CHECK(one.content("/f", "user.n") == "1");
  given.set("follow", false);
  given.set("namespace", "trusted");
  CHECK(one.run("xattr", given).changed);
  CHECK(one.content("/l", "trusted.n") == "1");
  CHECK(one.content("/f", "trusted.n") == "(absent)");
}

TEST_CASE("xattr knows in check mode what tasks before have set",
          "[modules][xattr][M021]") {
  attribute_host one;
  one.made = std::make_shared<prediction>();
  auto given = attribute({{"key", "n"}, {"value", "1"}});
  CHECK(one.predict("xattr", given).changed);
  CHECK_FALSE(one.predict("xattr", given).changed);
  CHECK(text_at(one.predict("xattr", attribute({{"key", "n"}})), "xattr")
        == "{'user.n': '1'}");
  CHECK(one.content("/f", "user.n") == "(absent)");
}

TEST_CASE("xattr refuses what cannot be", "[modules][xattr][M052]") {
  attribute_host one;
  std::pair<dict, errc> table[] = {
    {{{"state", "present"}}, errc::missing_argument},
    {{{"state", "absent"}}, errc::missing_argument},
    {{{"value", "x"}}, errc::missing_argument},
    {{{"key", "x"}, {"state", "present"}}, errc::missing_argument},
    {{{"key", "x"}, {"value", "0xzz"}}, errc::invalid_argument},
    {{{"key", "x"}, {"value", "0x123"}}, errc::invalid_argument},
    {{{"key", "x"}, {"value", "0s!!"}}, errc::invalid_argument},
  };
  for (auto& [given, why] : table) {
    CAPTURE(to_display(value{given}));
    CHECK(one.run("xattr", attribute(given)).why == why);
  }
  CHECK(one.run("xattr", {{"path", "/gone"}}).msg
        == "path not found or not accessible!");
}

TEST_CASE("xattr sets attributes of real files", "[modules][xattr][M047]") {
  module_runner one;
  auto path = one.folder() / "f";
  REQUIRE(one.machine().files().replace(path, "x", {}));
  dict given{{"path", path}, {"key", "n"}, {"value", "1"}};
  auto out = one.run("xattr", given);
  // There are file systems without.
  if (out.failed)
    return;
  CHECK(out.changed);
  CHECK_FALSE(one.run("xattr", given).changed);
  given.set("state", "read");
  given.set("value", value{});
  CHECK(text_at(one.run("xattr", given), "xattr") == "{'user.n': '1'}");
  given.set("state", "absent");
  CHECK(one.run("xattr", given).changed);
  CHECK(one.machine().files().extended_attributes(path)->empty());
  // A link's own are for root.
  auto link = one.folder() / "l";
  REQUIRE(one.machine().files().make_symlink(path, link));
  dict own{{"path", link},
           {"follow", false},
           {"namespace", "trusted"},
           {"key", "n"},
           {"value", "1"}};
  out = one.run("xattr", own);
  if (out.failed)
    return;
  CHECK_FALSE(one.run("xattr", own).changed);
  CHECK(one.machine().files().extended_attributes(path)->empty());
  own.set("state", "absent");
  own.set("value", value{});
  CHECK(one.run("xattr", own).changed);
  CHECK(one.machine().files().extended_attributes(link)->empty());
}
