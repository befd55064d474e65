#include "config/plan/task_source.hpp"

#include "config/plan/plan_reader_task.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t window_size = size_t{256} << 10;

} // namespace

std::string task_source::pointer_at(size_t position) const {
  return fmt::format("/tasks/{}", order_.empty() ? position : order_[position]);
}

/// Points `text` at the task's text. @pre `mutex_` is held
result<void> task_source::load(size_t number, std::string_view& text) const {
  auto from = offsets_[number];
  size_t length = lengths_[number];
  if (from < window_from_ || from + length > window_from_ + window_.size()) {
    // Reading ahead pays only for those who go on from here.
    auto ahead = number == last_ + 1 || number == 0;
    window_from_ = from;
    auto got = file_.read_at(
      from, ahead ? std::max(length, window_size) : length, window_);
    if (!got || window_.size() < length) {
      window_.clear();
      return got ? error{errc::runtime, file_.path() + " has become shorter"}
                 : got.why();
    }
  }
  last_ = number;
  text = std::string_view{window_}.substr(from - window_from_, length);
  return {};
}

result<task> task_source::at(size_t position) const {
  size_t number = order_.empty() ? position : order_[position];
  std::lock_guard guard{mutex_};
  std::string_view text;
  if (auto done = load(number, text); !done)
    return done.why();
  auto limits = limits_;
  limits.first = places_[number];
  auto root = parse_json(text, limits);
  if (!root)
    return error{errc::invalid_plan,
                 fmt::format("{}:{}", *name_, root.why().message)};
  problems found;
  input_file file{name_, found};
  auto count = number;
  auto read = read_node(*root, file, count);
  auto* t = std::get_if<task>(&read.what);
  if (found.empty() && !t)
    file.refuse(*root, "not a task");
  if (found.empty())
    return std::move(*t);
  auto text_of_it = format_problems({found.front()}, *name_);
  text_of_it.pop_back();
  return error{errc::invalid_plan, std::move(text_of_it)};
}

} // namespace troupe
