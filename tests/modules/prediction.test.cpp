#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

// Predictions that rest on one another.

namespace {

/// A machine on which nothing has happened yet, and one prediction for it.
struct bare_host : simulated_runner {
  bare_host() {
    made = std::make_shared<prediction>();
    host.disk.put_folder("/srv");
  }

  /// A command that check mode does not run.
  void skip_command() {
    CHECK(predict("command", {{"_raw_params", "make-it-all"}}).skipped);
  }
};

bool is_open(const module_result& out) {
  auto* mark = out.data.find("not_known");
  return mark && *mark == value{true} && !out.warnings.empty();
}

} // namespace

TEST_CASE("check mode goes on from what it has predicted",
          "[modules][prediction][M021]") {
  bare_host one;
  auto before = one.host.disk.snapshot();
  dict folder{
    {"path", "/srv/app/conf"}, {"state", "directory"}, {"mode", "0750"}};
  CHECK(one.predict("file", folder).changed);
  CHECK(!one.predict("file", folder).changed);
  dict conf{{"content", "a = 1\n"},
            {"dest", "/srv/app/conf/a"},
            {"owner", "app"},
            {"mode", "0640"}};
  auto first = one.predict("copy", conf);
  CHECK(first.changed);
  CHECK(text_at(first, "mode") == "0640");
  CHECK(!one.predict("copy", conf).changed);
  auto seen = one.predict("stat", {{"path", "/srv/app/conf/a"}});
  auto& stat = *seen.data.find("stat");
  CHECK(*stat.find("exists") == value{true});
  CHECK(stat.find("size")->as_int() == 6);
  CHECK(stat.find("checksum")->as_string() == *digest_of("a = 1\n", "sha1"));
  CHECK(one
          .predict("file", {{"path", "/srv/now"},
                            {"src", "/srv/app/conf/a"},
                            {"state", "link"}})
          .changed);
  CHECK(!one
           .predict("file", {{"path", "/srv/now"},
                             {"src", "/srv/app/conf/a"},
                             {"state", "link"}})
           .changed);
  CHECK(
    one.predict("file", {{"path", "/srv/app"}, {"state", "absent"}}).changed);
  CHECK(
    !one.predict("file", {{"path", "/srv/app"}, {"state", "absent"}}).changed);
  CHECK(one.host.disk.snapshot() == before);
}

TEST_CASE("what nothing before can have made is missing in check mode too",
          "[modules][prediction][M021]") {
  bare_host one;
  CHECK(one.predict("copy", {{"content", "x"}, {"dest", "/none/x"}}).failed);
  CHECK(
    one
      .predict("copy",
               {{"content", "x"}, {"dest", "/srv/x"}, {"owner", "nobody-yet"}})
      .failed);
  CHECK(one.predict("file", {{"path", "/srv/none"}, {"state", "file"}}).failed);
  CHECK(one
          .predict("copy", {{"content", "x"},
                            {"dest", "/srv/x"},
                            {"validate", "no-such-program %s"}})
          .failed);
}

TEST_CASE("what a command before may have made is taken for given",
          "[modules][prediction][M021]") {
  bare_host one;
  one.skip_command();
  dict given{{"content", "x"},
             {"dest", "/none/deep/x"},
             {"owner", "nobody-yet"},
             {"group", "none-yet"}};
  auto first = one.predict("copy", given);
  CHECK((first.changed && !first.failed && is_open(first)));
  CHECK(text_at(first, "owner") == "nobody-yet");
  CHECK(text_at(first, "group") == "none-yet");
  // From then on it is known.
  auto second = one.predict("copy", given);
  CHECK((!second.changed && !second.failed && !is_open(second)));
  auto judged = one.predict(
    "copy",
    {{"content", "x"}, {"dest", "/srv/x"}, {"validate", "no-such-program %s"}});
  CHECK((judged.changed && is_open(judged)));
  auto touched
    = one.predict("file", {{"path", "/srv/none"}, {"state", "file"}});
  CHECK((touched.changed && is_open(touched)));
  // A wrong argument stays wrong.
  CHECK(one.predict("file", {{"path", "/srv/none"}, {"mode", "rwx"}}).failed);
}

TEST_CASE("commands leave in check mode what they say they create",
          "[modules][prediction][M021]") {
  bare_host one;
  dict make{{"_raw_params", "make-it"}, {"creates", "/srv/it"}};
  CHECK(one.predict("command", make).changed);
  CHECK(!one.predict("command", make).changed);
  auto seen = one.predict("stat", {{"path", "/srv/it"}});
  CHECK(*seen.data.find("stat")->find("exists") == value{true});
  dict take{{"_raw_params", "take-it"}, {"removes", "/srv/it"}};
  CHECK(one.predict("command", take).changed);
  CHECK(!one.predict("command", take).changed);
  CHECK(one.predict("command", make).changed);
}

TEST_CASE("a program that only check mode has written judges nothing",
          "[modules][prediction][M021]") {
  bare_host one;
  CHECK(one
          .predict("copy", {{"content", "#!/bin/sh\n"},
                            {"dest", "/srv/judge"},
                            {"mode", "0755"}})
          .changed);
  auto out = one.predict(
    "copy",
    {{"content", "x"}, {"dest", "/srv/x"}, {"validate", "/srv/judge %s"}});
  CHECK((out.changed && !out.failed && is_open(out)));
}

TEST_CASE("the difference is that to the predicted content",
          "[modules][prediction][M021]") {
  bare_host one;
  one.diff_mode = true;
  CHECK(one.predict("copy", {{"content", "1\n"}, {"dest", "/srv/x"}}).changed);
  auto out = one.predict("copy", {{"content", "2\n"}, {"dest", "/srv/x"}});
  CHECK(out.diff.find("before")->as_string() == "1\n");
  CHECK(out.diff.find("after")->as_string() == "2\n");
}

TEST_CASE(
  "what judges a content fails as long as nothing it names is predicted",
  "[modules][prediction][M021]") {
  bare_host one;
  CHECK(one.predict("file", {{"path", "/srv/app"}, {"state", "directory"}})
          .changed);
  auto judged = [&](const char* by) {
    return one.predict(
      "copy", {{"content", "x"}, {"dest", "/srv/x"}, {"validate", by}});
  };
  CHECK(judged("no-such-program %s").failed);
  CHECK(judged("no-such-program -r /tmp %s").failed);
  for (auto* by :
       {"no-such-program -r /srv/app %s", "no-such-program --root=/srv/app/ %s",
        "sh -c 'no-such-program </srv/app/x %s'"}) {
    INFO(by);
    auto out = judged(by);
    CHECK((out.changed && !out.failed && is_open(out)));
    CHECK(
      one.predict("file", {{"path", "/srv/x"}, {"state", "absent"}}).changed);
  }
}

TEST_CASE("looking below what a command would create does not make it a folder",
          "[modules][prediction][M021]") {
  bare_host one;
  auto look = [&](const char* path, const char* key) {
    auto seen = one.predict("stat", {{"path", path}});
    auto* found = seen.data.find("stat")->find(key);
    return found && *found == value{true};
  };
  CHECK(
    one.predict("command", {{"_raw_params", "make"}, {"creates", "/srv/vague"}})
      .changed);
  CHECK(!look("/srv/vague/x", "exists"));
  // What it is nobody knows.
  CHECK(look("/srv/vague", "exists"));
  CHECK(!look("/srv/vague", "isdir"));
  CHECK(
    one.predict("copy", {{"content", "x"}, {"dest", "/srv/vague/x"}}).changed);
  CHECK(look("/srv/vague", "isdir"));
  CHECK(look("/srv/vague/x", "isreg"));
  CHECK(
    one.predict("command", {{"_raw_params", "make"}, {"creates", "/srv/other"}})
      .changed);
  CHECK(
    one.predict("file", {{"path", "/srv/other/a/b"}, {"state", "directory"}})
      .changed);
  CHECK(look("/srv/other", "isdir"));
}

TEST_CASE("a command that is not run says that its output is not known",
          "[modules][prediction][M021]") {
  bare_host one;
  auto held = one.predict("command", {{"_raw_params", "make"}});
  CHECK(held.held_back);
  CHECK(*held.data.find("not_known") == value{true});
  auto made
    = one.predict("command", {{"_raw_params", "make"}, {"creates", "/srv/it"}});
  CHECK((made.held_back && made.changed));
  CHECK(made.data.find("not_known")->as_list().size() == 5);
  auto there
    = one.predict("command", {{"_raw_params", "make"}, {"creates", "/srv/it"}});
  CHECK(!there.held_back);
  CHECK(!there.data.find("not_known"));
}

TEST_CASE("waiting finds in check mode what would be there, and waits for "
          "nothing else",
          "[modules][prediction][M021]") {
  bare_host one;
  CHECK(one.predict("copy", {{"content", "up\n"}, {"dest", "/srv/f"}}).changed);
  auto [path, state, regex, known]
    = GENERATE(table<const char*, const char*, const char*, bool>(
      {{"/srv/f", "present", "", true},
       {"/srv/f", "present", "^u(p)", true},
       {"/srv/f", "present", "down", false},
       {"/srv/f", "absent", "", false},
       {"/srv/g", "present", "", false},
       {"/srv/g", "absent", "", true}}));
  INFO(path << " " << state << " " << regex);
  dict args{{"path", path}, {"state", state}, {"timeout", 3600}};
  if (*regex)
    args.set("search_regex", regex);
  auto out = one.predict("wait_for", args);
  CHECK_FALSE(out.failed);
  CHECK(out.skipped == !known);
  CHECK((out.data.find("not_known") != nullptr) == !known);
  auto groups = out.data.find("match_groups");
  CHECK((groups && groups->as_list().size() == 1)
        == (std::string_view{regex} == "^u(p)"));
  CHECK(one.predict("wait_for", {{"port", 1}}).skipped);
}

TEST_CASE("a prediction says whether packages would be made, changed or "
          "removed",
          "[modules][prediction][M021]") {
  struct manager {
    const char* module;
    // The question whether something is installed, and whether it is old.
    const char* asks;
    const char* asks_newer;
    const char* newer;
  };
  for (auto& each : std::vector<manager>{
         {"apk", "apk info -e *", "apk version *", "curl-1 < 2\n"},
         {"dnf", "rpm --query*", "dnf *check-update*", ""},
         {"apt", "dpkg-query *", "apt-cache policy *",
          "curl:\n  Installed: 1\n  Candidate: 2\n"}}) {
    INFO(each.module);
    bool installed = false;
    auto effects_of = [&](const char* state, bool there) {
      simulated_runner one;
      installed = there;
      auto& tools = one.host.programs;
      tools.on("apt-get *", program_answer{.out = "1 upgraded, 1 newly "
                                                  "installed, 1 to remove and "
                                                  "0 not upgraded.\n"});
      tools.on("dnf *", program_answer{.rc = 1, .err = "Aborted.\n"});
      tools.on("apt-cache *", program_answer{});
      tools.on(each.asks_newer, program_answer{.rc = each.newer[0] ? 0 : 100,
                                               .out = each.newer});
      tools.on(each.asks, [&](const process_spec&) {
        return program_answer{.rc = installed ? 0 : 1,
                              .out = installed ? "curl\tcurl\tii \t1\n" : ""};
      });
      auto out = one.predict(each.module, {{"name", "curl"}, {"state", state}});
      INFO(out.msg);
      CHECK(out.changed);
      REQUIRE(out.things.size() == 1);
      CHECK(out.things[0].name == "curl");
      return out.things[0].what;
    };
    CHECK(effects_of("present", false) == effect::made);
    CHECK(effects_of("latest", true) == effect::changed);
    CHECK(effects_of("absent", true) == effect::removed);
  }
}
