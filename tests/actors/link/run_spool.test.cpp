#include "actors/link/run_spool.hpp"

#include "tests/actors/link/spooled.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

using namespace troupe;

namespace {

link_event event_of(const std::string& run, uint64_t sequence) {
  return {{{run, 0}, sequence}, link_rank::result, "said"};
}

struct spool_scene {
  run_spool take() {
    auto out = take_run_spool(*machine, folder);
    INFO((out ? std::string{} : out.why().message));
    REQUIRE(out);
    return std::move(*out);
  }

  bool is_there(size_t number) const {
    auto path = fmt::format("{}/runs/{}.spool", folder, number);
    return ::access(path.c_str(), F_OK) == 0;
  }

  test::temp_dir dir;
  std::string folder = dir / "member";
  std::shared_ptr<host> machine = make_real_host();
};

/// What it would send, as `run:sequence` each.
std::vector<std::string> all_of(spool& from) {
  std::vector<std::string> out;
  size_t size = 0;
  for (link_event next; from.next_size(size);)
    if (from.next(next))
      out.push_back(fmt::format("{}:{}", next.at.stream.run, next.at.sequence));
  return out;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("what a run could not tell, the next one of its host tells",
          "[actors][link][run_spool][M083]") {
  spool_scene scene;
  auto first = scene.take();
  auto beside = scene.take();
  CHECK(first.path != beside.path);
  REQUIRE(first.kept->put(event_of("a", 1)));
  REQUIRE(first.kept->put(event_of("a", 2)));
  REQUIRE(beside.kept->put(event_of("b", 1)));
  give_back(*scene.machine, std::move(first));
  give_back(*scene.machine, std::move(beside));
  CHECK(scene.is_there(0));
  CHECK(scene.is_there(1));
  auto next = scene.take();
  CHECK_FALSE(scene.is_there(1));
  REQUIRE(next.kept->put(event_of("c", 1)));
  CHECK(all_of(*next.kept) == texts{"a:1", "a:2", "b:1", "c:1"});
  for (auto* run : {"a", "b", "c"})
    next.kept->acknowledged({{run, 0}, 2});
  give_back(*scene.machine, std::move(next));
  CHECK_FALSE(scene.is_there(0));
}

TEST_CASE("an agent takes what runs have left, and nothing from one that goes "
          "on",
          "[actors][link][run_spool][M083]") {
  spool_scene scene;
  auto ended = scene.take();
  auto goes_on = scene.take();
  REQUIRE(ended.kept->put(event_of("a", 1)));
  REQUIRE(goes_on.kept->put(event_of("b", 1)));
  give_back(*scene.machine, std::move(ended));
  auto own = test::open_spool(scene.dir / "spool");
  CHECK(gather_run_spools(*scene.machine, scene.folder, *own) == 1);
  CHECK(all_of(*own) == texts{"a:1"});
  CHECK(gather_run_spools(*scene.machine, scene.folder, *own) == 0);
  give_back(*scene.machine, std::move(goes_on));
  CHECK(gather_run_spools(*scene.machine, scene.folder, *own) == 1);
  CHECK(all_of(*own) == texts{"b:1"});
}

TEST_CASE("what was taken over before a death is not told twice",
          "[actors][link][run_spool][M083]") {
  spool_scene scene;
  auto from = test::open_spool(scene.dir / "from");
  for (uint64_t i = 1; i <= 3; ++i)
    REQUIRE(from->put(event_of("a", i)));
  auto to = test::open_spool(scene.dir / "to");
  REQUIRE(to->put(event_of("a", 1)));
  REQUIRE(to->put(event_of("a", 2)));
  REQUIRE(to->take_over(*from));
  CHECK(all_of(*to) == texts{"a:1", "a:2", "a:3"});
  CHECK(to->left_out(link_rank::result) == 0);
  CHECK(from->events() == 3);
}

TEST_CASE("so many runs of a host tell at once, and no more",
          "[actors][link][run_spool][M083]") {
  spool_scene scene;
  std::vector<run_spool> all;
  for (size_t i = 0; i < run_spools_most; ++i)
    all.push_back(scene.take());
  auto one_more = take_run_spool(*scene.machine, scene.folder);
  REQUIRE_FALSE(one_more);
  CHECK(one_more.why().code == errc::exhausted);
  give_back(*scene.machine, std::move(all.back()));
  all.pop_back();
  scene.take();
}

TEST_CASE("a spool that nobody can read any more keeps no run from telling",
          "[actors][link][run_spool][M083]") {
  spool_scene scene;
  give_back(*scene.machine, scene.take());
  std::ofstream{scene.folder + "/runs/0.spool"} << "this is no spool";
  std::ofstream{scene.folder + "/runs/1.spool"} << "nor is this";
  auto next = scene.take();
  CHECK(next.kept->was_damaged());
  CHECK(next.kept->put(event_of("a", 1)));
}
