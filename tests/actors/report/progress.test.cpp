#include "actors/report/progress.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using namespace troupe;

namespace {

struct kept_events final : event_writer {
  void on(const run_event& event) override {
    told.push_back(event);
  }

  std::vector<run_event> told;
};

} // namespace

TEST_CASE("secrets are in no text of an attempt that views are told of",
          "[actors][report][M092]") {
  auto writer = std::make_shared<kept_events>();
  progress_setting with;
  with.sinks.push_back(make_immediate_sink(writer));
  with.secrets
    = std::make_shared<const redactor>(std::vector<std::string>{"s3cret"});
  progress_state uut{nullptr};
  uut.start(std::move(with));
  run_event event;
  // One of many hosts, whose events have their time.
  event.host = "web1";
  event.what = task_retry{
    .name = "r : ask s3cret", .item = "of s3cret", .own_name = "ask s3cret"};
  uut.publish(event);
  REQUIRE(writer->told.size() == 1);
  auto* shown = writer->told.front().as<task_retry>();
  REQUIRE(shown);
  CHECK(shown->name == "r : ask ********");
  CHECK(shown->own_name == "ask ********");
  CHECK(shown->item == "of ********");
}
