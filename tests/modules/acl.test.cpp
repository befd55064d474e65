#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A host where a file has an entry for a user, and every other change would
/// be one.
struct acl_host : simulated_runner {
  acl_host() {
    host.disk.put("/f", "x", 0644);
    host.disk.put_folder("/d");
    auto& tools = host.programs;
    tools.on("getfacl *",
             program_answer{.out = "user::rw-\n"
                                   "user:joe:rwx\t\t#effective:r-x\n"
                                   "mask::r-x\nother::r--\n\n"});
    tools.on("setfacl *", program_answer{});
    tools.on("setfacl --test *",
             program_answer{.out = "/f: u::rw-,u:ann:r--,o::r--,*\n"});
    tools.on("setfacl --test *:joe*", program_answer{.out = "/f: *,*\n"});
  }
};

dict acl_of(dict more) {
  dict out{{"path", "/f"}};
  for (auto& [name, x] : more)
    out.set(name, x);
  return out;
}

} // namespace

TEST_CASE("acl changes only what setfacl would change",
          "[modules][acl][M047]") {
  struct acl_case {
    dict given;
    /// Behind `setfacl`; empty: nothing is changed.
    std::string line;
    std::string msg;
  };
  dict ann{{"etype", "user"}, {"entity", "ann"}};
  auto with = [&](dict more) {
    auto out = acl_of(ann);
    for (auto& [name, x] : more)
      out.set(name, x);
    return out;
  };
  acl_case table[] = {
    {acl_of({}), "", "current acl"},
    {with({{"state", "present"}, {"permissions", "rX"}}),
     "-m user:ann:rX -- /f", "user:ann:rX is present"},
    {with({{"state", "absent"}}), "-x user:ann -- /f", "user:ann is absent"},
    {acl_of({{"entry", "u:joe:rwx"}, {"state", "present"}}), "",
     "user:joe:rwx is present"},
    {acl_of({{"entry", "d:Group:ann:r"}, {"state", "present"}}),
     "-d -m group:ann:r -- /f", "group:ann:r is present"},
    {acl_of({{"entry", "mask::-"}, {"state", "absent"}}), "-x mask: -- /f",
     "mask: is absent"},
    {with({{"state", "present"},
           {"permissions", "r"},
           {"recurse", true},
           {"follow", false},
           {"default", true},
           {"recalculate_mask", "no_mask"}}),
     "-d -m user:ann:r --no-mask --recursive --physical -- /f",
     "user:ann:r is present"},
    {with({{"state", "present"},
           {"permissions", "r"},
           {"recalculate_mask", "mask"}}),
     "-m user:ann:r --mask -- /f", "user:ann:r is present"},
    {with(
       {{"state", "present"}, {"permissions", "r"}, {"use_nfsv4_acls", true}}),
     "-m user:ann:r:allow -- /f", "user:ann:r:allow is present"},
  };
  for (auto& each : table) {
    acl_host one;
    CAPTURE(to_display(value{each.given}));
    auto foretold = one.predict("acl", each.given);
    CHECK(foretold.changed == !each.line.empty());
    CHECK(one.host.programs.count("setfacl -[!-]*") == 0);
    auto out = one.run("acl", each.given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == !each.line.empty());
    CHECK(out.msg == each.msg);
    CHECK(text_at(out, "acl")
          == "['user::rw-', 'user:joe:rwx\\t\\t#effective:r-x', "
             "'mask::r-x', 'other::r--']");
    if (!each.line.empty()) {
      CHECK(one.host.programs.count("setfacl --test " + each.line) == 2);
      CHECK(one.host.programs.count("setfacl " + each.line) == 1);
    }
  }
}

TEST_CASE("acl tells lists of several files by the lines of setfacl",
          "[modules][acl][M047]") {
  acl_host one;
  std::pair<const char*, bool> table[] = {
    {"/d: *,*\n/d/a: *,*\n", false},
    {"/d: *,*\n/d/a: *,d:u::rwx\n", true},
    {"/d: u::rwx,*\n/d/a: *,*\n", true},
    {"", false},
  };
  for (auto& [said, changed] : table) {
    one.host.programs.on("setfacl --test *", program_answer{.out = said});
    one.host.programs.on("getfacl *",
                         program_answer{.out = "user::rwx\n\nuser::rw-\n\n"});
    auto out = one.run("acl", {{"path", "/d"},
                               {"entry", "user:ann:r"},
                               {"state", "present"},
                               {"recursive", true}});
    CHECK(out.changed == changed);
    CHECK(text_at(out, "acl") == "['user::rwx', '', 'user::rw-']");
  }
  // Of a list that is not there nothing is left.
  one.host.programs.on("getfacl *", program_answer{.out = "\n"});
  CHECK(text_at(one.run("acl", {{"path", "/d"}, {"default", true}}), "acl")
        == "[]");
}

TEST_CASE("acl refuses what does not go together", "[modules][acl][M052]") {
  std::pair<dict, std::string> table[] = {
    {{{"recursive", true}}, "'recursive' MUST NOT be set when 'state=query'."},
    {{{"recalculate_mask", "mask"}},
     "'recalculate_mask' MUST NOT be set to 'mask' or 'no_mask' when "
     "'state=query'."},
    {{{"state", "absent"}, {"permissions", "r"}},
     "'permissions' MUST NOT be set when 'state=absent'."},
    {{{"state", "absent"}, {"etype", "user"}},
     "'entity' MUST be set when 'state=absent'."},
    {{{"state", "present"}, {"permissions", "r"}},
     "'etype' MUST be set when 'state=present'."},
    {{{"entry", "u:joe:r"}}, "'entry' MUST NOT be set when 'state=query'."},
    {{{"entry", "u:joe:r"}, {"etype", "user"}, {"state", "present"}},
     "'entry' MUST NOT be set when 'entity', 'etype' or 'permissions' are "
     "set."},
    {{{"entry", "u:joe"}, {"state", "present"}},
     "'entry' MUST have 3 or 4 sections divided by ':' when "
     "'state=present'."},
    {{{"entry", "u"}, {"state", "absent"}},
     "'entry' MUST have 2 or 3 sections divided by ':' when 'state=absent'."},
    {{{"entry", "x:joe:r"}, {"state", "present"}},
     "'x' is no kind of entry: those are user, group, mask and other"},
  };
  for (auto& [given, why] : table) {
    acl_host one;
    auto out = one.run("acl", acl_of(given));
    CHECK(out.why == errc::invalid_argument);
    CHECK(out.msg == why);
    CHECK(one.host.programs.calls().empty());
  }
  acl_host one;
  CHECK(one.run("acl", {{"path", "/gone"}}).msg
        == "Path not found or not accessible.");
}

TEST_CASE("acl shows what setfacl said when it fails", "[modules][acl][M052]") {
  acl_host one;
  dict given = acl_of({{"entry", "user:nobody:r"}, {"state", "present"}});
  one.host.programs.on(
    "setfacl --test *",
    program_answer{.rc = 2, .err = "setfacl: Option -m: Invalid argument\n"});
  auto out = one.run("acl", given);
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg == "setfacl: Option -m: Invalid argument");
  CHECK(integer_at(out, "rc") == 2);
  one.host.programs.on("setfacl --test *",
                       program_answer{.out = "/f: u::r--,*\n"});
  one.host.programs.on("setfacl -m *",
                       program_answer{.rc = 1, .err = "not permitted\n"});
  out = one.run("acl", given);
  CHECK(out.failed);
  CHECK_FALSE(out.changed);
}

TEST_CASE("acl leaves it open in check mode what a list would be",
          "[modules][acl][M021]") {
  acl_host one;
  one.made = std::make_shared<prediction>();
  one.predict("acl", acl_of({{"entry", "u:joe:r"}, {"state", "present"}}));
  CHECK_FALSE(one.made->is_unsure());
  one.predict("acl", acl_of({{"entry", "u:ann:r"}, {"state", "present"}}));
  CHECK(one.made->is_unsure());
}

TEST_CASE("acl takes no path for an option", "[modules][acl][M052]") {
  acl_host one;
  one.host.disk.put("/-", "");
  one.run("acl", {{"path", "-"}});
  CHECK(one.host.programs.count("getfacl * -- ./-") == 1);
}
