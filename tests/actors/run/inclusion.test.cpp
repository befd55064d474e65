#include "actors/run/inclusion.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

/// A run beside which there are files with tasks.
struct including {
  including() {
    auto p = std::make_shared<plan>();
    p->source = dir / "plan.yml";
    ctx.what = std::move(p);
    ctx.machine = make_real_host();
    ctx.templates = std::make_shared<const language>();
    ctx.search_path = {dir.path()};
  }

  result<std::shared_ptr<const inclusion>> read(const std::string& file) const {
    return read_inclusion({file, nullptr, "i:", "i"}, ctx, *ctx.machine);
  }

  /// As if this file had been included `times` times, each from the last.
  void enter(const std::string& file, size_t times) {
    ctx.included.assign(times, dir / file);
  }

  test::temp_dir dir;
  run_context ctx;
};

} // namespace

TEST_CASE_METHOD(including, "a file is included up to a depth",
                 "[actors][inclusion][M062]") {
  test::write_file(dir / "a.yml", "- include_tasks: a.yml\n");
  enter("a.yml", deepest_inclusion - 1);
  auto last = read("a.yml");
  REQUIRE(last);
  CHECK((*last)->ctx->included.size() == deepest_inclusion);
  auto deeper = read_inclusion({"a.yml", nullptr, "i:", "i"}, *(*last)->ctx,
                               *(*last)->ctx->machine);
  REQUIRE_FALSE(deeper);
  CHECK(deeper.why().code == errc::recursion);
  CHECK_THAT(deeper.why().message, Catch::Contains("more than 100 levels"));
  auto path = dir / "a.yml";
  CHECK_THAT(deeper.why().message,
             Catch::EndsWith(fmt::format(": {} -> {}", path, path)));
}

TEST_CASE_METHOD(including, "the way that leads to the same file is named",
                 "[actors][inclusion][M062]") {
  test::write_file(dir / "a.yml", "- debug: {}\n");
  enter("x.yml", deepest_inclusion - 2);
  ctx.included.push_back(dir / "a.yml");
  ctx.included.push_back(dir / "b.yml");
  auto got = read("a.yml");
  REQUIRE_FALSE(got);
  CHECK_THAT(got.why().message,
             Catch::EndsWith(fmt::format(": {} -> {} -> {}", dir / "a.yml",
                                         dir / "b.yml", dir / "a.yml")));
}

TEST_CASE_METHOD(including, "inclusions add so many tasks and no more",
                 "[actors][inclusion][M062]") {
  test::write_file(dir / "a.yml", "- debug: {}\n- block: [{debug: {}}]\n");
  ctx.options.plan_task_limit = 4;
  CHECK(read("a.yml"));
  CHECK(read("a.yml"));
  auto got = read("a.yml");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::exhausted);
  CHECK_THAT(got.why().message, Catch::Contains("plan_task_limit"));
}
