#include "modules/support/files/path_turn.hpp"

#include "tests/support/simulated.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

/// As several workers do it: the checks of Catch are of one thread only.
bool run_here(host& machine, const char* name, const dict& given) {
  auto which = builtin_modules().find(name);
  auto checked = check_arguments(which->spec(), given);
  if (!checked)
    return false;
  module_context ctx{machine};
  ctx.temporary_directory = "/tmp";
  return !which->run(*checked, ctx).failed;
}

size_t lines_in(simulated_host& host, const char* path) {
  auto text = host.disk.read(path, size_t{1} << 20);
  return text
           ? static_cast<size_t>(std::count(text->begin(), text->end(), '\n'))
           : 0;
}

} // namespace

TEST_CASE("tasks that change one file at once lose nothing",
          "[modules][path_turn][lineinfile][ini_file][pam_limits][M044]") {
  constexpr size_t threads = 4;
  constexpr size_t times = 40;
  simulated_runner one;
  one.host.disk.put_folder("/srv");
  one.host.disk.put("/srv/ini", "[s]\n");
  REQUIRE(one.host.disk.make_symlink("/srv", "/link"));
  std::atomic<size_t> failures{0};
  std::vector<std::thread> all;
  for (size_t which = 0; which < threads; ++which)
    all.emplace_back([&, which] {
      for (size_t i = 0; i < times; ++i) {
        auto name = fmt::format("x{}_{}", which, i);
        auto folder = which % 2 == 0 ? std::string{"/srv"} : "/link";
        failures += !run_here(
          one.host, "lineinfile",
          {{"path", folder + "/lines"}, {"line", name}, {"create", true}});
        failures += !run_here(one.host, "ini_file",
                              {{"path", folder + "/ini"},
                               {"section", "s"},
                               {"option", name},
                               {"value", "1"}});
        failures += !run_here(one.host, "pam_limits",
                              {{"dest", folder + "/limits"},
                               {"domain", name},
                               {"limit_type", "soft"},
                               {"limit_item", "nofile"},
                               {"value", "5"}});
      }
    });
  for (auto& each : all)
    each.join();
  CHECK(failures == 0);
  CHECK(lines_in(one.host, "/srv/lines") == threads * times);
  CHECK(lines_in(one.host, "/srv/ini") == threads * times + 1);
  CHECK(lines_in(one.host, "/srv/limits") == threads * times);
}

TEST_CASE("a turn at a file is waited for no longer than a task may",
          "[modules][path_turn][M052]") {
  simulated_runner one;
  module_context ctx{one.host};
  auto mine = take_turn("/srv/f", ctx);
  REQUIRE(mine);
  CHECK(take_turn("/srv/f", ctx));
  CHECK(take_turn("/srv/g", ctx));
  std::stop_source end;
  end.request_stop();
  auto wait_elsewhere = [&](module_context other) {
    auto why = errc::system;
    std::thread{[&] {
      auto got = take_turn("/srv/f", other);
      why = got ? errc::system : got.why().code;
    }}.join();
    return why;
  };
  module_context stopped{one.host};
  stopped.stop = end.get_token();
  CHECK(wait_elsewhere(stopped) == errc::cancelled);
  module_context late{one.host};
  late.deadline = one.host.time.steady_now() - std::chrono::seconds{1};
  CHECK(wait_elsewhere(late) == errc::timeout);
  mine = result<std::shared_ptr<void>>{std::shared_ptr<void>{}};
  auto free = false;
  std::thread{[&] { free = bool{take_turn("/srv/f", stopped)}; }}.join();
  CHECK(free);
}
