#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct block_case {
  const char* before;
  dict given;
  const char* after;
  const char* msg;
};

} // namespace

TEST_CASE("blockinfile keeps a block between its marks",
          "[modules][blockinfile][M044]") {
  auto one = GENERATE(values<block_case>({
    {"a\n", {{"block", "x\ny"}}, "a\n# BEGIN\nx\ny\n# END\n", "Block inserted"},
    {"a", {{"block", "x"}}, "a\n# BEGIN\nx\n# END\n", "Block inserted"},
    {"a\n# BEGIN\nold\n# END\nb\n",
     {{"block", "x"}},
     "a\n# BEGIN\nx\n# END\nb\n",
     "Block inserted"},
    {"a\n# BEGIN\nx\n# END\nb\n",
     {{"block", "x\n"}},
     "a\n# BEGIN\nx\n# END\nb\n",
     ""},
    {"a\n# BEGIN\nx\n# END\nb\n", {{"block", ""}}, "a\nb\n", "Block removed"},
    {"a\n# BEGIN\nx\n# END\nb\n",
     {{"block", "x"}, {"state", "absent"}},
     "a\nb\n",
     "Block removed"},
    {"a\nb\n",
     {{"block", "x"}, {"insertbefore", "BOF"}},
     "# BEGIN\nx\n# END\na\nb\n",
     "Block inserted"},
    {"a\nb\n",
     {{"block", "x"}, {"insertafter", "^a"}},
     "a\n# BEGIN\nx\n# END\nb\n",
     "Block inserted"},
    {"a\n\xff\n",
     {{"block", "x"}, {"insertbefore", "^a"}},
     "# BEGIN\nx\n# END\na\n\xff\n",
     "Block inserted"},
  }));
  simulated_runner host;
  host.host.disk.put("/srv/f", one.before);
  one.given.set("path", "/srv/f");
  one.given.set("marker", "# {mark}");
  INFO(to_display(value{one.given}));
  auto changed = std::string{one.before} != one.after;
  CHECK(host.predict("blockinfile", one.given).changed == changed);
  CHECK(*host.machine().files().read("/srv/f") == one.before);
  auto out = host.run("blockinfile", one.given);
  CHECK(out.changed == changed);
  CHECK(text_at(out, "msg") == one.msg);
  CHECK(*host.machine().files().read("/srv/f") == one.after);
  CHECK_FALSE(host.run("blockinfile", one.given).changed);
}

TEST_CASE("blockinfile says of what is no file what it is",
          "[modules][blockinfile][M052]") {
  simulated_runner host;
  host.host.disk.put_folder("/srv");
  auto missing = host.run("blockinfile", {{"path", "/srv/f"}, {"block", "x"}});
  CHECK(missing.msg == "Path /srv/f does not exist !");
  CHECK(integer_at(missing, "rc") == 257);
  auto folder = host.run("blockinfile", {{"path", "/srv"}, {"block", "x"}});
  CHECK(folder.msg == "Path /srv is a directory !");
  CHECK(integer_at(folder, "rc") == 256);
}

TEST_CASE("blockinfile makes a file only when asked",
          "[modules][blockinfile][M044]") {
  simulated_runner host;
  dict given{{"path", "/srv/f"}, {"block", "x"}};
  CHECK(host.run("blockinfile", given).why == errc::not_found);
  given.set("create", true);
  auto out = host.run("blockinfile", given);
  CHECK(text_at(out, "msg") == "File created");
  CHECK(out.data.find("backup_file") == nullptr);
}

TEST_CASE("blockinfile keeps the old file and judges the new one",
          "[modules][blockinfile][M044]") {
  module_runner host;
  auto path = host.folder() / "f";
  write_file(path, "old\n");
  auto bad = host.run(
    "blockinfile",
    {{"path", path}, {"block", "x"}, {"validate", "grep -q nothing %s"}});
  CHECK(bad.why == errc::command_failed);
  CHECK(read_file(path) == "old\n");
  auto out = host.run("blockinfile",
                      {{"path", path}, {"block", "x"}, {"backup", true}});
  CHECK(out.changed);
  CHECK(read_file(text_at(out, "backup_file")) == "old\n");
}
