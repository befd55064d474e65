#include "actors/fleet/audit_log.hpp"

#include "platform/host.hpp"
#include "tests/support/fleet_keys.hpp"
#include "tests/support/temp_dir.hpp"

#include <future>

using namespace troupe;
using namespace troupe::test;

namespace {

struct audit_stage {
  std::shared_ptr<audit_log> open(audit_terms terms = {}) {
    return must(audit_log::open(machine->files(), machine->clock(),
                                dir / "audit.log", std::move(terms)));
  }

  /// How many lines all files have together; an error when one was changed.
  result<size_t> verify(bool from_the_first = true) {
    auto link = from_the_first ? first_audit_link() : std::string{};
    size_t out = 0;
    for (auto& each : must(audit_files(machine->files(), dir / "audit.log"))) {
      auto count = verify_audit(read_file(each), link);
      if (!count)
        return count;
      out += *count;
    }
    return out;
  }

  temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
};

result<size_t> verify_all(const std::string& text) {
  auto link = first_audit_link();
  return verify_audit(text, link);
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++out;
  return out;
}

} // namespace

TEST_CASE("no line of an audit log can be changed or left out",
          "[actors][fleet][audit_log][M151]") {
  audit_stage stage;
  for (int i = 0; i < 2; ++i) {
    auto uut = stage.open();
    uut->note({"joined", "runner web1", "192.0.2.1", "x"});
    uut->note({"revoked", "admin alice", "192.0.2.2", "y\nz"});
  }
  auto text = read_file(stage.dir / "audit.log");
  CHECK(must(verify_all(text)) == 4);
  CHECK_FALSE(verify_all(text.substr(text.find('\n') + 1)));
  auto changed = text;
  changed[changed.find("web1")] = 'W';
  CHECK_FALSE(verify_all(changed));
  CHECK_FALSE(verify_all(text.substr(0, text.size() - 1)));
  write_file(stage.dir / "audit.log", text.substr(0, text.size() - 1));
  CHECK_FALSE(audit_log::open(stage.machine->files(), stage.machine->clock(),
                              stage.dir / "audit.log"));
}

TEST_CASE("refusals do not fill the disk", "[actors][fleet][audit_log]") {
  audit_stage stage;
  auto uut = stage.open();
  for (int i = 0; i < 1000; ++i)
    uut->note({"refused", "", "192.0.2.1", "x"});
  uut->note({"stopped", "", "", ""});
  REQUIRE(uut->flush());
  auto lines = must(stage.verify());
  CHECK(lines < 1000);
  CHECK(count_of(read_file(stage.dir / "audit.log"), "left_out") > 0);
}

TEST_CASE("the chain goes on from file to file", "[actors][fleet][audit_log]") {
  audit_stage stage;
  audit_terms terms;
  terms.files.file_bytes = 2000;
  terms.files.keep_files = 3;
  size_t noted = 0;
  auto note_some = [&](size_t count) {
    // Also over restarts of the controller.
    auto uut = stage.open(terms);
    for (size_t i = 0; i < count; ++i, ++noted) {
      uut->note({"token", "admin alice", "192.0.2.1", std::to_string(noted)});
      REQUIRE(uut->flush());
    }
  };
  note_some(7);
  note_some(20);
  auto all = must(audit_files(stage.machine->files(), stage.dir / "audit.log"));
  REQUIRE(all.size() > 1);
  REQUIRE(all.size() < 5);
  for (auto& each : all)
    CHECK(read_file(each).size() <= 2000);
  CHECK(must(stage.verify()) == noted);
  SECTION("one that was begun and not written") {
    write_file(stage.dir / "audit.log.9", read_file(all.back()));
    write_file(stage.dir / "audit.log", "");
    note_some(1);
    CHECK(must(stage.verify()) == noted);
  }
  SECTION("a file in the middle that is gone is missed") {
    REQUIRE(stage.machine->files().remove(all[0]));
    CHECK_FALSE(stage.verify());
    CHECK(stage.verify(false));
  }
  SECTION("the oldest are removed") {
    note_some(60);
    auto kept
      = must(audit_files(stage.machine->files(), stage.dir / "audit.log"));
    CHECK(kept.size() == 4);
    CHECK(kept[0] != all[0]);
    CHECK(must(stage.verify(false)) < noted);
  }
}

TEST_CASE("a file of the log that cannot be begun is begun later",
          "[actors][fleet][audit_log]") {
  audit_stage stage;
  audit_bounds bounds;
  bounds.file_bytes = 300;
  int failures = 0;
  bounds.open = [&](const std::string& path) -> result<append_file> {
    if (failures > 0 && failures-- > 0)
      return error{errc::exhausted, "too many open files"};
    return append_file::open(path);
  };
  auto path = stage.dir / "audit.log";
  auto uut = must(audit_file::open(stage.machine->files(), path, bounds));
  auto write = [&] {
    return uut.write({dict{{"what", "joined"}, {"text", "192.0.2.1"}}});
  };
  REQUIRE(write());
  REQUIRE(write());
  auto first = read_file(path);
  // The third one is for another file, which cannot be begun.
  failures = 2;
  CHECK(write().why().code == errc::exhausted);
  CHECK(write().why().code == errc::exhausted);
  CHECK(read_file(path + ".1") == first);
  for (int i = 0; i < 5; ++i)
    REQUIRE(write());
  CHECK(read_file(path + ".1") == first);
  CHECK(must(audit_files(stage.machine->files(), path)).size() == 4);
  CHECK(must(stage.verify()) == 7);
}

TEST_CASE("a disk that takes no line of the log holds nobody, and is told",
          "[actors][fleet][audit_log]") {
  audit_stage stage;
  std::promise<void> begun;
  std::promise<void> allowed;
  std::atomic<int> tries = 0;
  std::string written;
  std::vector<std::string> told;
  audit_terms terms;
  terms.waiting = 10;
  terms.pause = std::chrono::milliseconds{1};
  terms.tell = [&](const std::string& what) { told.push_back(what); };
  terms.files.append = [&](std::string_view lines) -> result<void> {
    if (tries++ == 0) {
      begun.set_value();
      allowed.get_future().wait();
      return error{errc::exhausted, "no space left"};
    }
    written += lines;
    return {};
  };
  auto uut = stage.open(terms);
  uut->note({"joined", "runner web0", "", ""});
  begun.get_future().wait();
  // Nobody waits; refusals have half of the room, and what finds none is
  // counted.
  for (int i = 0; i < 20; ++i)
    uut->note({"violation", "runner web1", "", ""});
  for (int i = 0; i < 20; ++i)
    uut->note({"revoked", "admin alice", "", ""});
  allowed.set_value();
  REQUIRE(uut->flush());
  uut->note({"stopped", "", "", ""});
  REQUIRE(uut->flush());
  CHECK(must(verify_all(written)) == 11);
  CHECK(count_of(written, "violation") == 4);
  CHECK(count_of(written, "revoked") == 5);
  CHECK(count_of(written, "\"left_out\":16") == 1);
  CHECK(count_of(written, "\"left_out\":15") == 1);
  REQUIRE(told.size() == 2);
  CHECK(told[0].find("no space left") != std::string::npos);
}

TEST_CASE("what cannot be written is told to who waits for it",
          "[actors][fleet][audit_log]") {
  audit_stage stage;
  audit_terms terms;
  terms.pause = std::chrono::milliseconds{1};
  terms.files.append = [](std::string_view) -> result<void> {
    return error{errc::exhausted, "no space left"};
  };
  auto uut = stage.open(terms);
  uut->note({"started", "", "", ""});
  CHECK(uut->flush().why().code == errc::exhausted);
}
