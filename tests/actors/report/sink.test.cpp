#include "actors/report/sink.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <mutex>
#include <vector>

using namespace troupe;

namespace {

/// Waits in its first event until it is let go, and keeps what it is told.
class slow_writer final : public event_writer {
public:
  explicit slow_writer(bool gathers) : gathers_{gathers} {
  }

  void on(const run_event& event) override {
    if (told.empty()) {
      entered.set_value();
      allowed.get_future().wait();
    }
    told.push_back(event);
  }

  bool gathers() const override {
    return gathers_;
  }

  std::promise<void> entered;
  std::promise<void> allowed;
  std::vector<run_event> told;

private:
  bool gathers_;
};

event_ptr numbered(uint64_t n, run_event::kinds what = task_started{}) {
  auto out = std::make_shared<run_event>();
  out->sequence = n;
  out->what = std::move(what);
  return out;
}

/// What a writer is told of `count` events when it is slow from the second on.
std::vector<run_event> told_of(uint64_t count, sink_bounds bounds,
                               bool gathers) {
  auto writer = std::make_shared<slow_writer>(gathers);
  auto uut = make_sink(writer, bounds);
  uut->put(numbered(1));
  writer->entered.get_future().wait();
  for (uint64_t n = 2; n <= count; ++n)
    uut->put(numbered(n));
  uut->put(numbered(count + 1, run_ended{}));
  std::promise<std::string> done;
  uut->finish([&](std::string trouble) { done.set_value(trouble); });
  writer->allowed.set_value();
  CHECK(done.get_future().get().empty());
  uut.reset();
  return std::move(writer->told);
}

} // namespace

TEST_CASE("as many events wait for a view as its bound says",
          "[actors][sink][M080][M120]") {
  auto told = told_of(11, {.events = 10}, false);
  REQUIRE(told.size() == 12);
  for (size_t i = 0; i < told.size(); ++i)
    CHECK(told[i].sequence == i + 1);
}

TEST_CASE("what is left out of a slow view is counted in its place",
          "[actors][sink][M080][M120]") {
  auto told = told_of(14, {.events = 10}, false);
  REQUIRE(told.size() == 13);
  auto* note = told[11].as<run_trouble>();
  REQUIRE(note);
  CHECK(note->message.starts_with("3 events are left out here"));
  CHECK(told.back().as<run_ended>());
}

TEST_CASE("what gathers events is told of all", "[actors][sink][M082]") {
  CHECK(told_of(100, {.events = 10}, true).size() == 101);
}

TEST_CASE("output that waits for a view is bounded by its bytes",
          "[actors][sink][M120]") {
  auto writer = std::make_shared<slow_writer>(false);
  auto uut = make_sink(writer, {.events = 100, .bytes = 2000});
  uut->put(numbered(1));
  writer->entered.get_future().wait();
  auto result = std::make_shared<task_result>();
  result->output = dict{{"stdout", std::string(1000, 'x')}};
  for (uint64_t n = 2; n <= 4; ++n)
    uut->put(numbered(n, task_ended{result, false}));
  writer->allowed.set_value();
  std::promise<void> done;
  uut->finish([&](std::string) { done.set_value(); });
  done.get_future().wait();
  uut.reset();
  CHECK(writer->told.size() == 3);
}

TEST_CASE("what was shown to begin is shown to end, however slow a view is",
          "[actors][sink][M080][M120]") {
  auto begins = [](const std::string& task) {
    task_started out;
    out.task = task;
    return out;
  };
  auto ends = [](const std::string& task) {
    auto out = std::make_shared<task_result>();
    out->id = task;
    return task_ended{out, false};
  };
  auto writer = std::make_shared<slow_writer>(false);
  auto uut = make_sink(writer, {.events = 4});
  uint64_t n = 0;
  auto put
    = [&](run_event::kinds what) { uut->put(numbered(++n, std::move(what))); };
  put(begins("a"));
  writer->entered.get_future().wait();
  put(begins("b"));
  put(task_retry{});
  put(begins("c"));
  put(task_retry{});
  // Nobody will have seen this one.
  put(begins("d"));
  for (auto* each : {"a", "b", "c", "d"})
    put(ends(each));
  // There is no progress any more that could make room, and these were never
  // shown.
  for (int i = 0; i < 1000; ++i)
    put(ends("other" + std::to_string(i)));
  put(run_ended{});
  std::promise<void> done;
  uut->finish([&](const std::string&) { done.set_value(); });
  writer->allowed.set_value();
  done.get_future().wait();
  uut.reset();
  std::vector<std::string> shown;
  for (auto& each : writer->told) {
    if (auto* begun = each.as<task_started>())
      shown.push_back("+" + begun->task);
    if (auto* ended = each.as<task_ended>())
      shown.push_back("-" + ended->result->id);
    if (auto* note = each.as<run_trouble>())
      shown.push_back(note->message.substr(0, note->message.find(' ')));
  }
  CHECK(shown
        == std::vector<std::string>{"+a", "5", "-a", "-b", "-c", "-d", "1000"});
}
