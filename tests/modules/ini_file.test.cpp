#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct ini_case {
  const char* before;
  dict given;
  const char* after;
  const char* msg;
};

/// The option `k` of the section `s`.
dict with_option(dict more) {
  more.set("section", "s");
  more.set("option", "k");
  return more;
}

} // namespace

TEST_CASE("ini_file sets, adds and removes options",
          "[modules][ini_file][M044]") {
  auto one = GENERATE(values<ini_case>({
    {"[s]\nk = 1\n", {{"value", "1"}}, "[s]\nk = 1\n", "OK"},
    {"[s]\nk = 1\n", {{"value", "2"}}, "[s]\nk = 2\n", "option changed"},
    {"[s]\nk=1\n", {{"value", "1"}}, "[s]\nk = 1\n", "option changed"},
    {"[s]\n", {{"value", "1"}}, "[s]\nk = 1\n", "option added"},
    {"[s]\na = 1\n\n[t]\nk = 3\n",
     {{"value", "1"}, {"no_extra_spaces", true}},
     "[s]\na = 1\nk=1\n\n[t]\nk = 3\n",
     "option added"},
    {"[t]\n",
     {{"value", "1"}},
     "[t]\n[s]\nk = 1\n",
     "section and option added"},
    {"", {{"value", "1"}}, "[s]\nk = 1\n", "section and option added"},
    {"[s]\n# k = 1\n", {{"value", "1"}}, "[s]\nk = 1\n", "option changed"},
    {"[s]\nk = 1\nk = 2\n", {{"value", "3"}}, "[s]\nk = 3\n", "option changed"},
    {"[s]\nk = 1\n",
     {{"value", "2"}, {"exclusive", false}},
     "[s]\nk = 1\nk = 2\n",
     "option added"},
    {"[s]\nk = 1\n",
     {{"values", list{"1", "2"}}},
     "[s]\nk = 1\nk = 2\n",
     "option added"},
    {"[s]\n", {{"allow_no_value", true}}, "[s]\nk\n", "option added"},
    {"[s]\nk = 1\nkk = 2\n",
     {{"state", "absent"}},
     "[s]\nkk = 2\n",
     "option changed"},
    {"[s]\nk = 1\nk = 2\n",
     {{"state", "absent"}, {"exclusive", false}, {"value", "2"}},
     "[s]\nk = 1\n",
     "option changed"},
    {"[s]\nk = \xff\n[t]\n",
     {{"state", "absent"}},
     "[s]\n[t]\n",
     "option changed"},
  }));
  simulated_runner host;
  host.host.disk.put("/srv/f", one.before);
  auto given = with_option(one.given);
  given.set("path", "/srv/f");
  INFO(to_display(value{given}));
  auto changed = std::string{one.before} != one.after;
  CHECK(host.predict("ini_file", given).changed == changed);
  auto out = host.run("ini_file", given);
  CHECK_FALSE(out.failed);
  CHECK(out.changed == changed);
  CHECK(text_at(out, "msg") == one.msg);
  CHECK(*host.machine().files().read("/srv/f") == one.after);
  CHECK_FALSE(host.run("ini_file", given).changed);
}

TEST_CASE("ini_file knows sections and what stands before them",
          "[modules][ini_file][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", "a = 1\n[s]\nk = 1\n[t]\n");
  auto text = [&](dict given) {
    given.set("path", "/srv/f");
    CHECK(host.run("ini_file", std::move(given)).changed);
    return *host.machine().files().read("/srv/f");
  };
  CHECK(text({{"section", "s"}, {"state", "absent"}}) == "a = 1\n[t]\n");
  CHECK(text({{"section", "u"}}) == "a = 1\n[t]\n[u]\n");
  CHECK(text({{"section", ""}, {"option", "b"}, {"value", "2"}})
        == "a = 1\nb = 2\n[t]\n[u]\n");
}

TEST_CASE("ini_file removes as many lines of an option as there are",
          "[modules][ini_file][M052]") {
  simulated_runner host;
  std::string text{"[s]\n"};
  for (int i = 0; i < 300'000; ++i)
    text += "k = 1\n";
  auto begin = std::chrono::steady_clock::now();
  for (auto state : {"absent", "present"}) {
    host.host.disk.put("/srv/f", text + "z = 1\n");
    auto given = with_option({{"path", "/srv/f"}, {"state", state}});
    if (state == std::string_view{"present"})
      given.set("value", "2");
    CHECK(host.run("ini_file", given).changed);
    CHECK(
      *host.host.disk.read("/srv/f", 99)
      == (given.contains("value") ? "[s]\nk = 2\nz = 1\n" : "[s]\nz = 1\n"));
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
}

TEST_CASE("ini_file refuses values that are no line",
          "[modules][ini_file][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", "");
  auto why = [&](dict given) {
    auto all = with_option(std::move(given));
    all.set("path", "/srv/f");
    return host.run("ini_file", std::move(all)).why;
  };
  CHECK(why({}) == errc::invalid_argument);
  for (auto end : {"\n", "\r"})
    for (auto name : {"value", "option", "section"}) {
      dict given{{"value", "1"}};
      given = with_option(std::move(given));
      given.set(name, std::string{"a"} + end + "[x]");
      given.set("path", "/srv/f");
      CAPTURE(name);
      CHECK(host.run("ini_file", given).why == errc::invalid_argument);
    }
  CHECK(host
          .run("ini_file",
               {{"path", "/srv/none"}, {"section", "s"}, {"create", false}})
          .why
        == errc::not_found);
}
