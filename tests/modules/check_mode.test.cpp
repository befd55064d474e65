#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// Tasks that change something, and tasks that do not, on the same host.
std::vector<std::pair<const char*, dict>> tasks() {
  return {
    {"copy", {{"content", "new"}, {"dest", "/srv/file"}}},
    {"copy", {{"content", "x"}, {"dest", "/srv/file"}}},
    {"copy", {{"content", "x"}, {"dest", "/srv/file"}, {"mode", "0600"}}},
    {"copy", {{"content", "x"}, {"dest", "/srv/new"}, {"owner", "app"}}},
    {"copy", {{"content", "n"}, {"dest", "/srv/file"}, {"backup", true}}},
    {"copy", {{"content", "n"}, {"dest", "/srv/link"}, {"follow", true}}},
    {"copy", {{"content", "n"}, {"dest", "/srv/link"}}},
    {"copy", {{"content", "n"}, {"dest", "/srv/file"}, {"force", false}}},
    {"copy", {{"content", "n"}, {"dest", "/none/file"}}},
    {"copy", {{"src", "/srv/dir/"}, {"dest", "/srv/copy"}}},
    {"copy", {{"src", "/srv/dir"}, {"dest", "/srv"}}},
    {"copy", {{"src", "/srv/file"}, {"dest", "/srv/made/"}}},
    {"template", {{"src", "/srv/file"}, {"dest", "/srv/t"}}},
    {"template", {{"src", "/srv/file"}, {"dest", "/srv/other"}}},
    {"file", {{"path", "/srv/file"}, {"mode", "0600"}}},
    {"file", {{"path", "/srv/file"}, {"mode", "0644"}}},
    {"file", {{"path", "/srv/a/b"}, {"state", "directory"}}},
    {"file", {{"path", "/srv/dir"}, {"state", "directory"}}},
    {"file",
     {{"path", "/srv/dir"},
      {"state", "directory"},
      {"recurse", true},
      {"owner", "app"}}},
    {"file", {{"path", "/srv/new"}, {"state", "touch"}}},
    {"file", {{"path", "/srv/dir"}, {"state", "absent"}}},
    {"file", {{"path", "/srv/none"}, {"state", "absent"}}},
    {"file", {{"path", "/srv/l"}, {"src", "file"}, {"state", "link"}}},
    {"file", {{"path", "/srv/link"}, {"src", "file"}, {"state", "link"}}},
    {"file", {{"path", "/srv/link"}, {"src", "dir"}, {"state", "link"}}},
    {"file", {{"path", "/srv/h"}, {"src", "/srv/file"}, {"state", "hard"}}},
    {"file", {{"path", "/srv/file"}, {"state", "directory"}}},
    {"lineinfile", {{"path", "/srv/file"}, {"line", "new"}}},
    {"lineinfile", {{"path", "/srv/link"}, {"line", "new"}}},
    {"lineinfile",
     {{"path", "/srv/a/new"},
      {"line", "x"},
      {"create", true},
      {"mode", "0600"}}},
    {"lineinfile", {{"path", "/srv/none"}, {"line", "x"}}},
    {"blockinfile", {{"path", "/srv/file"}, {"block", "new"}}},
    {"blockinfile", {{"path", "/srv/new"}, {"block", "x"}, {"create", true}}},
    {"replace", {{"path", "/srv/file"}, {"regexp", "x"}, {"replace", "z"}}},
    {"ini_file",
     {{"path", "/srv/new"}, {"section", "a"}, {"option", "b"}, {"value", "c"}}},
    {"assemble", {{"src", "/srv/dir/sub"}, {"dest", "/srv/file"}}},
    {"fetch", {{"src", "/srv/file"}, {"dest", "/srv/all"}}},
    {"find", {{"paths", "/srv"}}},
    {"slurp", {{"src", "/srv/file"}}},
  };
}

void populate(simulated_runner& one) {
  one.host.disk.put("/srv/file", "x");
  one.host.disk.put("/srv/other", "other");
  one.host.disk.put("/srv/dir/sub/deep", "y");
  static_cast<void>(one.host.disk.make_symlink("file", "/srv/link"));
}

} // namespace

TEST_CASE("a prediction changes nothing and says what applying then says",
          "[modules][check_mode][M021]") {
  for (auto& [name, given] : tasks()) {
    simulated_runner one;
    populate(one);
    INFO(name);
    INFO(to_display(value{given}));
    auto before = one.host.disk.snapshot();
    auto predicted = one.predict(name, given);
    CHECK(one.host.disk.snapshot() == before);
    auto applied = one.run(name, given);
    INFO(applied.msg);
    CHECK(predicted.changed == applied.changed);
    CHECK(predicted.failed == applied.failed);
    CHECK(predicted.why == applied.why);
    // What is there now is what was asked for.
    if (!applied.failed && std::string_view{name} != "file") {
      auto again = one.run(name, given);
      CHECK_FALSE(again.changed);
    }
  }
}
