#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct line_case {
  const char* before;
  dict given;
  const char* after;
  const char* msg;
};

} // namespace

TEST_CASE("lineinfile puts a line where it belongs",
          "[modules][lineinfile][M044]") {
  auto one = GENERATE(values<line_case>({
    {"a\nb\n", {{"line", "c"}}, "a\nb\nc\n", "line added"},
    {"a\nb", {{"line", "c"}}, "a\nb\nc\n", "line added"},
    {"a\nb\n", {{"line", "b"}}, "a\nb\n", ""},
    {"a\nb", {{"line", "b"}}, "a\nb\n", "line replaced"},
    {"", {{"line", "c"}}, "c\n", "line added"},
    {"a\nb\n",
     {{"line", "c"}, {"insertafter", "BOF"}},
     "c\na\nb\n",
     "line added"},
    {"a\nb\n",
     {{"line", "c"}, {"insertbefore", "^b"}},
     "a\nc\nb\n",
     "line added"},
    {"a\nb\na\n",
     {{"line", "c"}, {"insertafter", "^a"}, {"firstmatch", true}},
     "a\nc\nb\na\n",
     "line added"},
    {"x=1\ny\nx=2\n",
     {{"line", "x=3"}, {"regexp", "^x="}},
     "x=1\ny\nx=3\n",
     "line replaced"},
    {"x=1\n",
     {{"line", "\\g<k>=\\2\\2"},
      {"regexp", "^(?P<k>x)=(\\d)"},
      {"backrefs", true}},
     "x=11\n",
     "line replaced"},
    {"y\n",
     {{"line", "\\1"}, {"regexp", "^(x)"}, {"backrefs", true}},
     "y\n",
     ""},
    {"a.b\nab\n",
     {{"line", "c"}, {"search_string", "a.b"}},
     "c\nab\n",
     "line replaced"},
    {"\xff\xfe"
     "a\r\n",
     {{"line", "c"}},
     "\xff\xfe"
     "a\r\nc\n",
     "line added"},
    {"a\nb\na\n",
     {{"line", "a"}, {"state", "absent"}},
     "b\n",
     "2 line(s) removed"},
    {"a1\nb\na2\n",
     {{"regexp", "^a\\d$"}, {"state", "absent"}},
     "b\n",
     "2 line(s) removed"},
    {"a\n", {{"line", "b"}, {"state", "absent"}}, "a\n", ""},
  }));
  simulated_runner host;
  host.host.disk.put("/srv/f", one.before);
  one.given.set("path", "/srv/f");
  INFO(to_display(value{one.given}));
  auto changed = std::string{one.before} != one.after;
  auto predicted = host.predict("lineinfile", one.given);
  CHECK(predicted.changed == changed);
  CHECK(*host.machine().files().read("/srv/f") == one.before);
  auto out = host.run("lineinfile", one.given);
  CHECK_FALSE(out.failed);
  CHECK(out.changed == changed);
  CHECK(text_at(out, "msg") == one.msg);
  CHECK(*host.machine().files().read("/srv/f") == one.after);
}

TEST_CASE("lineinfile says of what is no file what it is",
          "[modules][lineinfile][M052]") {
  simulated_runner host;
  host.host.disk.put_folder("/srv");
  auto missing = host.run("lineinfile", {{"path", "/srv/f"}, {"line", "x"}});
  CHECK(missing.msg == "Destination /srv/f does not exist !");
  CHECK(integer_at(missing, "rc") == 257);
  auto folder = host.run("lineinfile", {{"path", "/srv"}, {"line", "x"}});
  CHECK(folder.msg == "Path /srv is a directory !");
  CHECK(integer_at(folder, "rc") == 256);
}

TEST_CASE("lineinfile warns of an empty regexp",
          "[modules][lineinfile][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", "a\nb\n");
  dict given{{"path", "/srv/f"}, {"line", "c"}, {"regexp", ""}};
  auto out = host.run("lineinfile", given);
  CHECK(*host.machine().files().read("/srv/f") == "a\nc\n");
  CHECK(out.warnings.size() == 1);
  given.set("regexp", "^");
  CHECK(host.run("lineinfile", given).warnings.empty());
}

TEST_CASE("lineinfile makes a file only when asked",
          "[modules][lineinfile][M044]") {
  simulated_runner host;
  host.host.disk.put_folder("/srv");
  dict given{{"path", "/srv/new/f"}, {"line", "a"}};
  CHECK(host.run("lineinfile", given).why == errc::not_found);
  given.set("create", true);
  given.set("mode", "0600");
  auto out = host.run("lineinfile", given);
  CHECK(out.changed);
  CHECK(text_at(out, "msg")
        == "line added and ownership, perms or SE linux context changed");
  CHECK((*host.machine().files().status("/srv/new/f", false))->mode == 0600);
  CHECK_FALSE(host.run("lineinfile", given).changed);
  auto gone = host.run(
    "lineinfile", {{"path", "/srv/none"}, {"line", "a"}, {"state", "absent"}});
  CHECK(gone.msg == "file not present");
  CHECK_FALSE(gone.changed);
}

TEST_CASE("lineinfile refuses what says nothing or cannot be edited",
          "[modules][lineinfile][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", "a\n");
  auto why = [&](dict given) {
    if (!given.find("path"))
      given.set("path", "/srv/f");
    return host.run("lineinfile", std::move(given)).why;
  };
  CHECK(why({}) == errc::missing_argument);
  CHECK(why({{"state", "absent"}}) == errc::missing_argument);
  CHECK(why({{"line", "x"}, {"backrefs", true}}) == errc::invalid_argument);
  CHECK(why({{"line", "x"}, {"regexp", "("}}) == errc::invalid_argument);
  CHECK(why({{"line", "x"}, {"path", "/srv"}}) == errc::invalid_argument);
  CHECK(why({{"line", "\\3"}, {"regexp", "(a)"}, {"backrefs", true}}));
  CHECK(*host.machine().files().read("/srv/f") == "a\n");
}

TEST_CASE("lineinfile gives up a pattern that explodes",
          "[modules][lineinfile][M044]") {
  simulated_runner host;
  auto text = std::string(5000, 'a') + "!\n";
  host.host.disk.put("/srv/f", text);
  auto out
    = host.run("lineinfile",
               {{"path", "/srv/f"}, {"line", "x"}, {"regexp", "^(a+)+(a+)+$"}});
  CHECK(out.failed);
  CHECK(*host.machine().files().read("/srv/f") == text);
}

TEST_CASE("lineinfile edits files of 64 MiB and refuses longer ones",
          "[modules][lineinfile][M044]") {
  simulated_runner host;
  constexpr auto most = size_t{64} << 20;
  host.host.disk.put("/srv/f", std::string(most, 'a'));
  dict given{{"path", "/srv/f"}, {"line", "x"}};
  CHECK(host.predict("lineinfile", given).changed);
  host.host.disk.put("/srv/f", std::string(most + 1, 'a'));
  CHECK(host.predict("lineinfile", given).failed);
}

TEST_CASE("lineinfile writes through a link and keeps the old file",
          "[modules][lineinfile][M044]") {
  module_runner host;
  auto target = host.folder() / "target";
  auto link = host.folder() / "link";
  write_file(target, "old\n");
  REQUIRE(host.machine().files().make_symlink("target", link));
  auto out = host.run("lineinfile",
                      {{"path", link}, {"line", "new"}, {"backup", true}});
  CHECK(read_file(target) == "old\nnew\n");
  CHECK(read_file(text_at(out, "backup")) == "old\n");
  CHECK(*host.machine().files().read_link(link) == "target");
}

TEST_CASE("lineinfile shows the content and the attributes that change",
          "[modules][lineinfile][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/f", "a\n");
  host.diff_mode = true;
  auto out = host.run("lineinfile",
                      {{"path", "/srv/f"}, {"line", "b"}, {"mode", "0600"}});
  REQUIRE(out.diff.is_list());
  auto& both = out.diff.as_list();
  CHECK(both.begin()[0].find("after")->text_or("") == "a\nb\n");
  CHECK(both.begin()[0].find("before_header")->text_or("")
        == "/srv/f (content)");
  CHECK(both.begin()[1].find("after")->find("mode")->text_or("") == "0600");
}

TEST_CASE("lineinfile refuses a path with a NUL byte",
          "[modules][lineinfile][M044]") {
  module_runner host;
  auto path = host.folder() / "f";
  write_file(path, "a\n");
  auto out = host.run("lineinfile",
                      {{"path", path + std::string(1, '\0')}, {"line", "x"}});
  CHECK(out.why == errc::invalid_argument);
  CHECK(read_file(path) == "a\n");
}
