#include "actors/report/span.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

namespace troupe {

namespace {

// Where the rows of each kind begin: viewers sort them by their numbers.
constexpr uint64_t first_block_row = 1;
constexpr uint64_t first_lane_row = 1'000'000;

struct row_name {
  uint64_t number;
  std::string text;
};

row_name row_of(const span& what) {
  switch (what.what) {
  case span::level::run:
  case span::level::play:
    return {0, "run and plays"};
  case span::level::block:
    return {first_block_row + what.row, fmt::format("blocks {}", what.row + 1)};
  default:
    return {first_lane_row + what.row, fmt::format("lane {}", what.row + 1)};
  }
}

const char* level_name(span::level what) {
  constexpr std::array names{"run", "play", "block", "task", "attempt"};
  return names[static_cast<size_t>(what)];
}

class chrome_form final : public span_form {
public:
  std::string head(const run_event& first) override {
    return R"({"displayTimeUnit":"ms","traceEvents":[)"
           + named("process_name", 0,
                   fmt::format("troupe {} on {}", first.run, first.host));
  }

  std::string write(const span& what) override {
    auto row = row_of(what);
    std::string out;
    if (rows_.insert(row.number).second)
      out += ",\n" + named("thread_name", row.number, row.text);
    auto about = what.about;
    if (!what.message.empty())
      about.set("message", what.message);
    // Whole numbers: viewers have doubles, in which parts of them would move
    // a span out of the one around it.
    auto from = micros(what.start);
    auto to = micros(what.end());
    return out
           + fmt::format(
             R"(,{}{{"ph":"X","cat":"{}","name":{},"pid":1,"tid":{},"ts":{},)"
             R"("dur":{},{}"args":{}}})",
             "\n", level_name(what.what), to_json(what.name), row.number, from,
             to - from, what.failed ? R"("cname":"terrible",)" : "",
             to_json(std::move(about)));
  }

  std::string tail() override {
    return "]}\n";
  }

private:
  static std::string named(const char* what, uint64_t row,
                           const std::string& name) {
    return fmt::format(R"({{"ph":"M","name":"{}","pid":1,"tid":{},"args":{}}})",
                       what, row, to_json(dict{{"name", name}}));
  }

  static int64_t micros(std::chrono::system_clock::time_point t) {
    return std::chrono::floor<std::chrono::microseconds>(t)
      .time_since_epoch()
      .count();
  }

  std::set<uint64_t> rows_;
};

} // namespace

std::unique_ptr<span_form> make_chrome_form() {
  return std::make_unique<chrome_form>();
}

} // namespace troupe
