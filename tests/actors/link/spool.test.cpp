#include "actors/link/spool.hpp"

#include "actors/link/link_limits.hpp"
#include "tests/actors/link/spooled.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace troupe;
using test::open_spool;

namespace {

constexpr auto progress = link_rank::progress;
constexpr auto outcome = link_rank::result;
constexpr auto ending = link_rank::ending;

link_event event(uint64_t sequence, link_rank rank = outcome,
                 const std::string& run = "run", size_t size = 3) {
  return {{{run, 0}, sequence},
          rank,
          std::string(size, static_cast<char>('a' + sequence % 26))};
}

/// What it would send, as `run:sequence` each.
std::vector<std::string> to_send(spool& from) {
  std::vector<std::string> out;
  size_t size = 0;
  while (from.next_size(size)) {
    link_event next;
    REQUIRE(from.next(next));
    CHECK(next.body.size() == size);
    CHECK(next.body.find_first_not_of(
            static_cast<char>('a' + next.at.sequence % 26))
          == std::string::npos);
    out.push_back(fmt::format("{}:{}", next.at.stream.run, next.at.sequence));
  }
  return out;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("what is not acknowledged is sent again, in order",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto path = dir / "spool";
  {
    auto one = open_spool(path);
    for (uint64_t i = 1; i <= 6; ++i)
      REQUIRE(one->put(event(i, i % 2 == 0 ? progress : outcome)));
    REQUIRE(one->put(event(1, outcome, "other")));
    CHECK(to_send(*one)
          == texts{"run:1", "run:2", "run:3", "run:4", "run:5", "run:6",
                   "other:1"});
    CHECK(to_send(*one).empty());
    one->acknowledged({{"run", 0}, 4});
    one->rewind();
    CHECK(to_send(*one) == texts{"run:5", "run:6", "other:1"});
    CHECK(one->events() == 3);
  }
  auto again = open_spool(path);
  CHECK(again->events() == 3);
  CHECK(to_send(*again) == texts{"run:5", "run:6", "other:1"});
  auto known = again->positions();
  REQUIRE(known.size() == 2);
  CHECK(known[0].stream.run == "other");
  CHECK(known[0].sequence == 0);
  CHECK(known[1].sequence == 4);
  // It goes on where it was.
  CHECK_FALSE(again->put(event(6)));
  CHECK(again->put(event(7)));
  CHECK(to_send(*again) == texts{"run:7"});
}

TEST_CASE("a run of which all is stored is forgotten when nothing follows",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto path = dir / "spool";
  auto one = open_spool(path);
  REQUIRE(one->put(event(1)));
  one->acknowledged({{"run", 0}, 1});
  // It may go on.
  CHECK(one->positions().size() == 1);
  one = open_spool(path);
  CHECK(one->positions().size() == 1);
  REQUIRE(one->put(event(2, ending)));
  one->acknowledged({{"run", 0}, 2});
  CHECK(one->positions().empty());
  one = open_spool(path);
  CHECK(one->positions().empty());
  // It goes on in another process.
  REQUIRE(one->put(event(1, outcome, "killed")));
  one->acknowledged({{"killed", 0}, 1});
  auto next = event(1, outcome, "killed");
  next.at.stream.part = 1;
  REQUIRE(one->put(next));
  REQUIRE(one->positions().size() == 1);
  CHECK(one->positions()[0].stream.part == 1);
}

TEST_CASE("an acknowledgement of what never was is taken for what was",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto one = open_spool(dir / "spool");
  one->acknowledged({{"nobody", 0}, 7});
  CHECK(one->positions().empty());
  REQUIRE(one->put(event(1)));
  one->acknowledged({{"run", 0}, 1000});
  REQUIRE(one->put(event(2)));
  CHECK(to_send(*one) == texts{"run:2"});
  one->acknowledged({{"run", 0}, 1});
  CHECK(one->events() == 1);
}

TEST_CASE("a spool takes as many bytes and events as it may and not one more",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto by_count = open_spool(dir / "count", {.events = 10});
  for (uint64_t i = 1; i <= 10; ++i)
    REQUIRE(by_count->put(event(i)));
  CHECK(by_count->left_out(outcome) == 0);
  REQUIRE(by_count->put(event(11)));
  CHECK(by_count->left_out(outcome) == 1);
  CHECK(by_count->events() == 10);
  auto each = open_spool(dir / "one");
  REQUIRE(each->put(event(1)));
  auto size = each->bytes();
  auto by_bytes = open_spool(dir / "bytes", {.bytes = 10 * size});
  for (uint64_t i = 1; i <= 10; ++i)
    REQUIRE(by_bytes->put(event(i)));
  CHECK(by_bytes->bytes() == 10 * size);
  CHECK(by_bytes->left_out(outcome) == 0);
  REQUIRE(by_bytes->put(event(11)));
  CHECK(by_bytes->left_out(outcome) == 1);
  CHECK(by_bytes->bytes() == 10 * size);
}

TEST_CASE("progress goes before results, and results before endings",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto path = dir / "spool";
  spool_bounds bounds{.events = 4};
  auto one = open_spool(path, bounds);
  REQUIRE(one->put(event(1, outcome)));
  REQUIRE(one->put(event(2, progress)));
  REQUIRE(one->put(event(1, ending, "other")));
  REQUIRE(one->put(event(3, progress)));
  REQUIRE(one->put(event(4, outcome)));
  CHECK(to_send(*one) == texts{"run:1", "other:1", "run:3", "run:4"});
  one->rewind();
  REQUIRE(one->put(event(5, outcome)));
  CHECK(to_send(*one) == texts{"run:1", "other:1", "run:4", "run:5"});
  // It is the new one that is worth the least.
  REQUIRE(one->put(event(6, progress)));
  one->rewind();
  CHECK(to_send(*one) == texts{"run:1", "other:1", "run:4", "run:5"});
  for (uint64_t i = 7; i <= 11; ++i)
    REQUIRE(one->put(event(i, outcome)));
  one->rewind();
  CHECK(to_send(*one) == texts{"other:1", "run:9", "run:10", "run:11"});
  CHECK(one->left_out(progress) == 3);
  CHECK(one->left_out(outcome) == 5);
  CHECK(one->left_out(ending) == 0);
  // The bound holds for who opens it next as well.
  one = open_spool(path, bounds);
  CHECK(to_send(*one) == texts{"other:1", "run:9", "run:10", "run:11"});
}

TEST_CASE("an event that no link carries is not kept",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto one = open_spool(dir / "spool");
  CHECK(one->put(event(1, outcome, "run", event_most)));
  CHECK_FALSE(one->put(event(2, outcome, "run", event_most + 1)));
  CHECK(one->put(event(1, outcome, std::string(name_most, 'x'))));
  CHECK_FALSE(one->put(event(1, outcome, std::string(name_most + 1, 'x'))));
  CHECK_FALSE(one->put(event(0, outcome, "zero")));
  CHECK(one->left_out(outcome) == 3);
  CHECK(to_send(*one).size() == 2);
}

TEST_CASE("a spool has so many streams, and then forgets the oldest",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto one = open_spool(dir / "spool");
  for (size_t i = 0; i < streams_most; ++i)
    REQUIRE(one->put(event(1, outcome, std::to_string(i))));
  REQUIRE(one->put(event(2, outcome, "0")));
  CHECK(one->positions().size() == streams_most);
  CHECK(one->left_out(outcome) == 0);
  REQUIRE(one->put(event(1, outcome, "new")));
  CHECK(one->positions().size() == streams_most);
  CHECK(one->left_out(outcome) == 1);
  auto left = to_send(*one);
  CHECK(left.size() == streams_most + 1);
  CHECK(std::find(left.begin(), left.end(), "1:1") == left.end());
  CHECK(std::find(left.begin(), left.end(), "0:1") != left.end());
}

TEST_CASE("the file of a spool does not grow with what went through it",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto path = dir / "spool";
  spool_bounds bounds{.bytes = size_t{4} << 20};
  auto one = open_spool(path, bounds);
  size_t largest = 0;
  uint64_t sequence = 0;
  // 40 MiB of results that nobody takes.
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(one->put(event(++sequence, outcome, "run", 4096)));
    largest = std::max(largest, one->file_bytes());
  }
  CHECK(largest <= bounds.bytes * 3 / 2 + (size_t{1} << 20) + 8192);
  CHECK(std::filesystem::file_size(path) == one->file_bytes() + 13);
  auto kept = to_send(*one);
  CHECK(kept.back() == "run:10000");
  CHECK(kept.size() == one->events());
  CHECK(one->left_out(outcome) + kept.size() == 10'000);
  // And 40 that somebody takes.
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(one->put(event(++sequence, outcome, "run", 4096)));
    one->acknowledged({{"run", 0}, sequence});
  }
  CHECK(one->file_bytes() < (size_t{1} << 20) + 16'384);
  CHECK(one->events() == 0);
  one = open_spool(path, bounds);
  CHECK(one->positions().at(0).sequence == sequence);
}

TEST_CASE("when its file cannot be written anew a spool takes nothing more",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto path = dir / "spool";
  spool_bounds bounds{.bytes = size_t{1} << 20};
  auto one = open_spool(path, bounds);
  // Something is in the way.
  std::filesystem::create_directories(path + ".new/x");
  uint64_t sequence = 0;
  while (one->put(event(++sequence, outcome, "run", 65'536)))
    REQUIRE(one->file_bytes() < (size_t{8} << 20));
  CHECK(one->file_bytes() > (size_t{6} << 20));
  CHECK(one->left_out(outcome) > 0);
  CHECK_FALSE(one->put(event(++sequence)));
  std::filesystem::remove_all(path + ".new");
  one = open_spool(path, bounds);
  CHECK(one->put(event(++sequence)));
  CHECK(one->file_bytes() < (size_t{3} << 20));
}

TEST_CASE("a spool that is cut anywhere has what was whole before",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto path = dir / "spool";
  std::vector<size_t> ends;
  {
    auto one = open_spool(path);
    for (uint64_t i = 1; i <= 5; ++i) {
      REQUIRE(one->put(event(i)));
      ends.push_back(std::filesystem::file_size(path));
    }
  }
  auto all = test::read_file(path);
  for (size_t size = 0; size <= all.size(); ++size) {
    auto cut = dir / fmt::format("cut{}", size);
    test::write_file(cut, all.substr(0, size));
    auto one = open_spool(cut);
    auto whole = static_cast<size_t>(std::count_if(
      ends.begin(), ends.end(), [&](size_t end) { return end <= size; }));
    INFO(size);
    CHECK(one->events() == whole);
    CHECK(to_send(*one).size() == whole);
    // Not even its mark is whole.
    CHECK(one->was_damaged() == (size < 13));
    CHECK(one->put(event(9)));
  }
}

TEST_CASE("an event that cannot be read any more holds nothing up",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  auto path = dir / "spool";
  auto one = open_spool(path);
  for (uint64_t i = 1; i <= 3; ++i)
    REQUIRE(one->put(event(i, outcome, "run", 100)));
  auto bytes = test::read_file(path);
  auto at = bytes.find(std::string(100, 'a' + 2));
  REQUIRE(at != std::string::npos);
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(static_cast<std::streamoff>(at)).write("?", 1).flush();
  std::vector<uint64_t> got;
  size_t size = 0;
  for (link_event next; one->next_size(size);)
    if (one->next(next))
      got.push_back(next.at.sequence);
  CHECK(got == std::vector<uint64_t>{1, 3});
  one->acknowledged({{"run", 0}, 3});
  CHECK(one->events() == 0);
}

TEST_CASE("a spool that cannot be read is put aside",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  for (const std::string& content :
       {std::string{"troupe log 1\n\x05\0\0\0....\x01junk", 25},
        std::string{"something else"}}) {
    auto path = dir / "spool";
    test::write_file(path, content);
    auto one = open_spool(path);
    CHECK(one->events() == 0);
    CHECK(one->put(event(1)));
  }
  auto log = record_log::create(dir / "other");
  REQUIRE(log);
  REQUIRE((*log)->append(77, "a record of something else"));
  auto one = open_spool(dir / "other");
  CHECK(one->was_damaged());
  CHECK(std::filesystem::exists(dir / "other.damaged"));
}

TEST_CASE("what a killed process has put is in the spool",
          "[actors][link][spool][M083]") {
  test::temp_dir dir;
  for (uint64_t round = 0; round < 10; ++round) {
    auto path = dir / fmt::format("spool{}", round);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto one = spool::open(test::real_files(), path, {.bytes = 300'000});
      for (uint64_t i = 1; one && (*one)->put(event(i, outcome, "run", 9000));
           ++i) {
        if (i % 3 == 0)
          (*one)->acknowledged({{"run", 0}, i - 1});
        if (::write(ends[1], &i, sizeof(i)) < 0)
          break;
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    uint64_t told = 0;
    auto enough = 20 + 70 * round;
    bool more = true;
    while (more && told < enough)
      more = ::read(ends[0], &told, sizeof(told)) > 0;
    ::kill(child, SIGKILL);
    while (more)
      more = ::read(ends[0], &told, sizeof(told)) > 0;
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    CHECK(told >= enough);
    auto one = open_spool(path, {.bytes = 300'000});
    auto left = to_send(*one);
    INFO(told);
    REQUIRE_FALSE(left.empty());
    auto last = std::stoull(left.back().substr(4));
    // The one after it may have come to the file and not to us.
    CHECK((last == told || last == told + 1));
    CHECK(one->positions().at(0).sequence >= told / 3 * 3 - 1 - 3);
  }
}
