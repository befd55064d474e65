#include "actors/run/output_board.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view line_ends = "\r\n";

} // namespace

void output_board::add(const running_task& task, std::string_view bytes) {
  std::lock_guard held{mutex_};
  auto& to = tasks_[task];
  to.bytes += bytes;
  // Not with each piece: moving the rest costs as much as reading it.
  if (to.bytes.size() <= 2 * most_kept)
    return;
  to.bytes.erase(0, to.bytes.size() - most_kept);
  to.torn = true;
}

void output_board::clear(const running_task& task) {
  std::lock_guard held{mutex_};
  if (auto at = tasks_.find(task); at != tasks_.end()) {
    at->second.bytes.clear();
    at->second.torn = false;
  }
}

void output_board::note_progress(const running_task& task, progress now) {
  std::lock_guard held{mutex_};
  tasks_[task].loop = now;
}

void output_board::forget(const running_task& task) {
  std::lock_guard held{mutex_};
  tasks_.erase(task);
}

output_board::progress
output_board::progress_of(const running_task& task) const {
  std::lock_guard held{mutex_};
  auto at = tasks_.find(task);
  return at == tasks_.end() ? progress{} : at->second.loop;
}

std::string output_board::whole_lines(const running_task& task) const {
  std::lock_guard held{mutex_};
  auto at = tasks_.find(task);
  if (at == tasks_.end())
    return {};
  std::string_view out = at->second.bytes;
  auto end = out.find_last_of(line_ends);
  if (end == std::string_view::npos)
    return {};
  out = out.substr(0, end + 1);
  if (at->second.torn)
    out.remove_prefix(out.find_first_of(line_ends) + 1);
  return std::string{out};
}

std::vector<std::string> output_board::last_lines(const running_task& task,
                                                  size_t count) const {
  auto text = whole_lines(task);
  // Also what secrets consist of: a program may print one word by word.
  if (secrets_)
    secrets_->wider().hide_in(text);
  std::vector<std::string> out;
  std::string_view rest = text;
  while (!rest.empty() && out.size() < count) {
    rest.remove_suffix(1);
    auto begin = rest.find_last_of(line_ends) + 1;
    if (auto line = rest.substr(begin); !line.empty())
      out.emplace_back(line);
    rest = rest.substr(0, begin);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

} // namespace troupe
