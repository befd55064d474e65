#include "tests/support/accounts.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

// What check mode knows to be there, and no more.

namespace {

constexpr auto listed_by_tar
  = "drwxr-xr-x 0/0               0 2008-01-10 21:20:00 d/\n"
    "-rw-r--r-- 0/0               4 2008-01-10 21:20:00 d/f\n"
    "lrwxrwxrwx 0/0               0 2008-01-10 21:20:00 d/l -> f\n";

/// A machine with an archive and a tar that only lists.
struct packed_host : account_host {
  packed_host() {
    made = std::make_shared<prediction>();
    host.disk.put("/srv/a.tar.gz", std::string{"\x1f\x8b\x08\0", 4});
    host.disk.put_folder("/srv/to");
    host.programs.on_program("tar", [this](const process_spec& spec) {
      asked.push_back(spec.argv);
      program_answer out;
      out.out = listed_by_tar;
      return out;
    });
  }

  module_result unpack(const char* archive) {
    return predict(
      "unarchive",
      {{"src", archive}, {"dest", "/srv/to"}, {"remote_src", true}});
  }

  /// The first of a program that check mode does not run.
  void skip_program() {
    CHECK(predict("command", {{"_raw_params", "make-it-all"}}).skipped);
  }

  bool asked_about(const std::string& path) const {
    return std::any_of(asked.begin(), asked.end(), [&](auto& words) {
      return std::find(words.begin(), words.end(), path) != words.end();
    });
  }

  value stat_of(const char* path) {
    auto seen = predict("stat", {{"path", path}});
    return *seen.data.find("stat");
  }

  std::vector<std::vector<std::string>> asked;
};

bool is_marked(const module_result& out) {
  auto* mark = out.data.find("not_known");
  return !out.failed && mark && *mark == value{true};
}

bool is_certain(const module_result& out) {
  return !out.failed && !out.data.find("not_known");
}

} // namespace

TEST_CASE("an archive that is only predicted is unpacked as it would be",
          "[modules][prediction][M021]") {
  packed_host one;
  dict copied{
    {"src", "/srv/a.tar.gz"}, {"dest", "/srv/b.tar.gz"}, {"remote_src", true}};
  CHECK(one.predict("copy", copied).changed);
  auto out = one.unpack("/srv/b.tar.gz");
  INFO(out.msg);
  CHECK((out.changed && is_certain(out)));
  CHECK(text_at(out, "src") == "/srv/b.tar.gz");
  CHECK(one.asked.size() == 1);
  CHECK_FALSE(one.asked_about("/srv/b.tar.gz"));
  CHECK(*one.stat_of("/srv/to/d/f").find("exists") == value{true});
  // One whose content nobody knows is not shown to a program at all.
  CHECK(one
          .predict("command",
                   {{"_raw_params", "load"}, {"creates", "/srv/c.tar.gz"}})
          .changed);
  out = one.unpack("/srv/c.tar.gz");
  INFO(out.msg);
  CHECK((out.changed && is_marked(out)));
  CHECK(one.asked.size() == 1);
}

TEST_CASE("of what is unpacked all is predicted but its content",
          "[modules][prediction][unarchive][M021]") {
  packed_host one;
  CHECK(one.unpack("/srv/a.tar.gz").changed);
  auto again = one.unpack("/srv/a.tar.gz");
  CHECK((!again.changed && is_certain(again)));
  auto seen = one.predict("stat", {{"path", "/srv/to/d/f"}});
  auto& stat = *seen.data.find("stat");
  CHECK(stat.find("size")->as_int() == 4);
  CHECK(stat.find("mode")->as_string() == "0644");
  CHECK_FALSE(stat.find("checksum"));
  CHECK(seen.data.find("not_known")->is_list());
  CHECK(one.stat_of("/srv/to/d/l").find("lnk_target")->as_string() == "f");
  // The length may say enough.
  auto same
    = one.predict("copy", {{"content", "four"}, {"dest", "/srv/to/d/f"}});
  CHECK((same.changed && is_marked(same)));
  CHECK(
    one.predict("file", {{"path", "/srv/to/d"}, {"state", "absent"}}).changed);
  CHECK(one.unpack("/srv/a.tar.gz").changed);
  auto other
    = one.predict("copy", {{"content", "longer"}, {"dest", "/srv/to/d/f"}});
  CHECK((other.changed && is_certain(other)));
}

TEST_CASE("what rests on a content that is not known is not known",
          "[modules][prediction][M021]") {
  packed_host one;
  CHECK(one.unpack("/srv/a.tar.gz").changed);
  auto* path = "/srv/to/d/f";
  auto [module, args, changes] = GENERATE_COPY(table<const char*, dict, bool>({
    {"lineinfile", {{"path", path}, {"line", "x"}}, true},
    {"blockinfile", {{"path", path}, {"block", "x"}}, true},
    {"replace", {{"path", path}, {"regexp", "x"}}, true},
    {"ini_file",
     {{"path", path}, {"section", "a"}, {"option", "b"}, {"value", "c"}},
     true},
    {"copy", {{"src", path}, {"dest", "/srv/x"}, {"remote_src", true}}, true},
    {"assemble",
     {{"src", "/srv/to/d"}, {"dest", "/srv/x"}, {"remote_src", true}},
     true},
    {"slurp", {{"src", path}}, false},
  }));
  INFO(module);
  auto out = one.predict(module, args);
  INFO(out.msg);
  CHECK(is_marked(out));
  CHECK(out.changed == changes);
}

TEST_CASE("what only reads changes nothing, found or not",
          "[modules][prediction][M021]") {
  packed_host one;
  CHECK(is_certain(one.predict("stat", {{"path", "/srv/none"}})));
  CHECK(one.predict("slurp", {{"src", "/srv/none"}}).failed);
  CHECK(is_certain(
    one.predict("file", {{"path", "/srv/none"}, {"state", "absent"}})));
  one.skip_program();
  for (auto& [module, args] : std::vector<std::pair<const char*, dict>>{
         {"slurp", {{"src", "/srv/none"}}},
         {"stat", {{"path", "/srv/none"}}},
         {"find", {{"paths", "/srv/none"}}},
         {"fetch", {{"src", "/srv/none"}, {"dest", "/srv/kept"}}},
         {"getent", {{"database", "passwd"}, {"key", "nobody-yet"}}},
         {"file", {{"path", "/srv/none"}, {"state", "absent"}}}}) {
    INFO(module);
    auto out = one.predict(module, args);
    INFO(out.msg);
    CHECK((is_marked(out) && !out.changed && out.held_back));
  }
  CHECK(is_certain(one.predict("stat", {{"path", "/srv/to"}})));
}

TEST_CASE("no program is given what is only predicted",
          "[modules][prediction][M021]") {
  packed_host one;
  one.host.programs.install("make");
  one.host.programs.install("dpkg-deb");
  CHECK(
    one.predict("file", {{"path", "/srv/m"}, {"state", "directory"}}).changed);
  for (auto& [module, args] : std::vector<std::pair<const char*, dict>>{
         {"make", {{"chdir", "/srv/m"}}}, {"apt", {{"deb", "/srv/m/x.deb"}}}}) {
    INFO(module);
    CHECK(
      one.predict("copy", {{"content", "x"}, {"dest", "/srv/m/x.deb"}}).failed
      == false);
    auto out = one.predict(module, args);
    INFO(out.msg);
    CHECK((out.changed && is_marked(out)));
    for (auto& call : one.host.programs.calls())
      CHECK(call.find("/srv/m") == call.npos);
  }
}

TEST_CASE("what chattr has fixed is not changed in check mode",
          "[modules][prediction][file][M021]") {
  packed_host one;
  auto fix = [&](const char* flags) {
    return one.predict("file", {{"path", "/srv/a"}, {"attributes", flags}});
  };
  dict other{{"content", "y"}, {"dest", "/srv/a"}};
  CHECK(one
          .predict("copy",
                   {{"content", "x"}, {"dest", "/srv/a"}, {"attributes", "+i"}})
          .changed);
  CHECK(one.predict("copy", other).failed);
  CHECK(one.predict("file", {{"path", "/srv/a"}, {"mode", "0600"}}).failed);
  CHECK(one.predict("file", {{"path", "/srv/a"}, {"state", "absent"}}).failed);
  CHECK(fix("-i").changed);
  CHECK(one.predict("copy", other).changed);
  // So it is with what the machine has.
  one.host.disk.put("/srv/b", "x");
  REQUIRE(one.host.disk.set_flags("/srv/b", "i"));
  CHECK(one.predict("copy", {{"content", "y"}, {"dest", "/srv/b"}}).failed);
}

TEST_CASE("a user who would be made has a home in check mode",
          "[modules][prediction][user][M021]") {
  packed_host one;
  one.host.disk.put("/etc/skel/.profile", "umask 022\n");
  CHECK(one.predict("group", {{"name", "crew"}, {"gid", 700}}).changed);
  CHECK(one
          .predict("user",
                   {{"name", "ann"}, {"group", "crew"}, {"home", "/srv/ann"}})
          .changed);
  auto home = one.stat_of("/srv/ann");
  CHECK(*home.find("isdir") == value{true});
  CHECK(home.find("pw_name")->as_string() == "ann");
  CHECK(home.find("gr_name")->as_string() == "crew");
  CHECK(one.stat_of("/srv/ann/.profile").find("size")->as_int() == 10);
  auto mine = one.predict(
    "copy", {{"content", "x"}, {"dest", "/srv/ann/x"}, {"owner", "ann"}});
  CHECK((mine.changed && is_certain(mine)));
  dict gone{{"name", "ann"}, {"state", "absent"}, {"remove", true}};
  CHECK(one.predict("user", gone).changed);
  CHECK(*one.stat_of("/srv/ann").find("exists") == value{false});
  CHECK_FALSE(one.predict("user", gone).changed);
}
