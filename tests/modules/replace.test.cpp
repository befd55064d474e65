#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct replace_case {
  const char* before;
  dict given;
  const char* after;
  const char* msg;
};

} // namespace

TEST_CASE("replace replaces all that a regular expression finds",
          "[modules][replace][M044]") {
  auto one = GENERATE(values<replace_case>({
    {"a b a\n",
     {{"regexp", "a"}, {"replace", "x"}},
     "x b x\n",
     "2 replacements made"},
    {"a b\n", {{"regexp", " ?b"}}, "a\n", "1 replacements made"},
    {"a\nb\n",
     {{"regexp", "^"}, {"replace", "# "}},
     "# a\n# b\n# ",
     "3 replacements made"},
    {"k=v\n",
     {{"regexp", "(?P<k>\\w)=(\\w)"}, {"replace", "\\2=\\g<k>"}},
     "v=k\n",
     "1 replacements made"},
    {"a\n", {{"regexp", "a"}, {"replace", "a"}}, "a\n", ""},
    {"a\n", {{"regexp", "none"}, {"replace", "x"}}, "a\n", ""},
    {"a\n<\na\n>\na\n",
     {{"regexp", "a"}, {"replace", "x"}, {"after", "<"}, {"before", ">"}},
     "a\n<\nx\n>\na\n",
     "1 replacements made"},
    {"a\n<\na\n",
     {{"regexp", "a"}, {"replace", "x"}, {"after", "<"}},
     "a\n<\nx\n",
     "1 replacements made"},
    {"\xff\xe4"
     "a\xfe",
     {{"regexp", "a"}, {"replace", "x"}},
     "\xff\xe4"
     "x\xfe",
     "1 replacements made"},
    {"\xe4\n",
     {{"regexp", "ä"}, {"replace", "ö"}, {"encoding", "latin-1"}},
     "\xf6\n",
     "1 replacements made"},
  }));
  simulated_runner host;
  host.host.disk.put("/srv/f", one.before);
  one.given.set("path", "/srv/f");
  INFO(to_display(value{one.given}));
  auto changed = std::string{one.before} != one.after;
  CHECK(host.predict("replace", one.given).changed == changed);
  CHECK(*host.machine().files().read("/srv/f") == one.before);
  auto out = host.run("replace", one.given);
  CHECK_FALSE(out.failed);
  CHECK(out.changed == changed);
  CHECK(text_at(out, "msg") == one.msg);
  CHECK(*host.machine().files().read("/srv/f") == one.after);
}

TEST_CASE("replace says that there is nothing between its ends",
          "[modules][replace][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", "a\n");
  auto out = host.run(
    "replace",
    {{"path", "/srv/f"}, {"regexp", "a"}, {"after", "<"}, {"before", ">"}});
  CHECK_FALSE(out.changed);
  CHECK(out.msg
        == "Pattern for before/after params did not match the given file: "
           "<(?P<subsection>.*?)>");
}

TEST_CASE("replace refuses what it cannot do and leaves the file alone",
          "[modules][replace][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", "a\n");
  auto why = [&](dict given) {
    if (!given.find("path"))
      given.set("path", "/srv/f");
    return host.run("replace", std::move(given)).why;
  };
  CHECK(why({{"regexp", "a"}, {"path", "/srv/none"}}) == errc::not_found);
  CHECK(why({{"regexp", "a"}, {"path", "/srv"}}) == errc::invalid_argument);
  CHECK(why({{"regexp", "("}}) == errc::invalid_argument);
  CHECK(why({{"regexp", "a"}, {"encoding", "ebcdic"}}) == errc::unsupported);
  CHECK(why({{"regexp", "a"}, {"replace", "\\2"}}));
  CHECK(*host.machine().files().read("/srv/f") == "a\n");
}

TEST_CASE("replace makes no file of more than 64 MiB",
          "[modules][replace][M044]") {
  simulated_runner host;
  auto half = std::string(size_t{1} << 19, 'a');
  host.host.disk.put("/srv/f", half);
  auto grown = [&](size_t times) {
    return host.predict("replace", {{"path", "/srv/f"},
                                    {"regexp", "a"},
                                    {"replace", std::string(times, 'x')}});
  };
  CHECK(grown(128).changed);
  CHECK(grown(129).why == errc::exhausted);
}
