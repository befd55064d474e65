#include "actors/report/live_writer.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

/// A terminal that keeps what is drawn.
class drawn_output final : public output {
public:
  explicit drawn_output(size how) : output{stream::out}, size_{how} {
  }

  void write(std::string_view bytes) override {
    text += bytes;
  }

  size terminal_size() const override {
    return size_;
  }

  std::string text;

private:
  size size_;
};

class screen {
public:
  explicit screen(unsigned lines = 24, unsigned columns = 100)
      : kept_{std::make_shared<drawn_output>(output::size{columns, lines})},
        board_{std::make_shared<output_board>(nullptr)},
        writer_{kept_, {}, std::chrono::milliseconds{50}, false, board_} {
  }

  void tell(const std::string& host, run_event::kinds what,
            run_counts counts = {}) {
    run_event event;
    event.host = host;
    event.what = std::move(what);
    event.counts = counts;
    writer_.on(event);
  }

  void begin(const std::string& host, const std::string& task) {
    tell(host, task_started{task, "Task " + task, "command"});
  }

  void end(const std::string& host, const std::string& task) {
    task_result result;
    result.id = task;
    result.name = "Task " + task;
    result.module = "command";
    result.status = task_status::success;
    result.changed = true;
    tell(host, task_ended{std::make_shared<const task_result>(result)});
  }

  /// What is drawn now.
  std::string now() {
    kept_->text.clear();
    writer_.refresh();
    return kept_->text;
  }

  output_board& board() {
    return *board_;
  }

private:
  std::shared_ptr<drawn_output> kept_;
  std::shared_ptr<output_board> board_;
  live_writer writer_;
};

} // namespace

TEST_CASE("hosts at the same task share a line", "[actors][live][M143]") {
  screen shown;
  shown.begin("web1", "a");
  // Of one host nobody asks which one.
  CHECK_THAT(shown.now(), Catch::Contains(" Task a\n"));
  shown.begin("web2", "a");
  CHECK_THAT(shown.now(), Catch::Contains(" Task a [web1, web2]\n"));
  shown.begin("web3", "b");
  shown.board().add({"web3", "b"}, "from b\n");
  CHECK_THAT(shown.now(), Catch::Contains(" Task a [web1, web2]\n")
                            && Catch::Contains(" Task b [web3]: from b\n"));
  for (auto* host : {"web4", "web5", "web6", "web7"})
    shown.begin(host, "a");
  CHECK_THAT(shown.now(),
             Catch::Contains("Task a [web1, web2, web4, web5, web6 and 1 "
                             "more]\n"));
}

TEST_CASE("what stands before the counts leaves room for failures",
          "[actors][live][M080]") {
  run_counts counts;
  counts.total = 20;
  counts.changed = 12;
  counts.failed = 3;
  auto bar_of = [&](unsigned columns) {
    screen shown{24, columns};
    shown.tell("web1", task_started{"a", "Task a", "command"}, counts);
    return shown.now();
  };
  CHECK_THAT(bar_of(40), Catch::Contains("\n15% 3/20  changed 12  failed 3"));
  CHECK_THAT(bar_of(50), Catch::Contains("] 15% 3/20  changed 12  failed 3"));
  // A count is there as a whole, or not at all.
  for (unsigned columns = 16; columns < 120; ++columns) {
    auto text = bar_of(columns);
    auto at = text.find("  skipped");
    INFO(columns << ": " << text);
    CHECK((at == text.npos || text.substr(at, 11) == "  skipped 0"));
    CHECK_THAT(text, Catch::Contains("15% 3/20"));
  }
}

TEST_CASE("the last line is shown beside long names, and of several hosts",
          "[actors][live][M080]") {
  screen shown{24, 60};
  shown.tell("web1", task_started{"a", std::string(200, 'n'), "command"}, {});
  shown.board().add({"web1", "a"}, "from the build\n");
  CHECK_THAT(shown.now(), Catch::Contains("nnn...: from the build\n"));
  screen both;
  both.begin("web1", "a");
  both.begin("web2", "a");
  both.board().add({"web2", "a"}, "from web2\n");
  CHECK_THAT(both.now(), Catch::Contains("Task a [web1, web2]: from web2\n"));
}

TEST_CASE("what a task prints on one host is not another's",
          "[actors][live][M143]") {
  screen shown;
  shown.begin("web1", "a");
  shown.begin("web2", "a");
  shown.board().add({"web1", "a"}, "one\n");
  shown.board().add({"web2", "a"}, "two\n");
  shown.end("web1", "a");
  CHECK_THAT(shown.now(), Catch::Contains("Task a [web2]: two\n"));
}

TEST_CASE("results of a task on several hosts have one heading",
          "[actors][live][M143]") {
  screen shown;
  for (auto* host : {"web1", "web2"})
    shown.begin(host, "a");
  for (auto* host : {"web1", "web2"})
    shown.end(host, "a");
  auto text = shown.now();
  CHECK_THAT(text,
             Catch::Contains("Task a\nchanged: [web1]\nchanged: [web2]\n"));
  shown.begin("web1", "b");
  shown.end("web1", "b");
  CHECK_THAT(shown.now(), Catch::Contains("Task b\nchanged: [web1]\n"));
}

TEST_CASE("more tasks than there is room for are counted",
          "[actors][live][M143]") {
  screen shown{6};
  // Six lines: three for tasks, the bar, and two that stay free.
  for (auto* task : {"a", "b", "c"})
    shown.begin("web1", task);
  auto all = shown.now();
  CHECK_THAT(all, Catch::Contains("Task c") && !Catch::Contains("more"));
  shown.begin("web1", "d");
  CHECK_THAT(shown.now(), Catch::Contains("... and 2 more"));
}

TEST_CASE("a play for no host is said to be one", "[actors][live][M140]") {
  screen shown;
  shown.tell("web1", play_started{"some"});
  CHECK_THAT(shown.now(), !Catch::Contains("no hosts matched"));
  shown.tell("web1", play_started{"none", true});
  CHECK_THAT(shown.now(), Catch::Contains("skipping: no hosts matched\n"));
}
