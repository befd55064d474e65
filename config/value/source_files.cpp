#include "config/value/source_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

// Of those that were added last.
constexpr size_t most_searched = 32;
constexpr size_t most_read = size_t{2} << 20U;

} // namespace

void source_files::add(std::string path) {
  if (path.starts_with("./"))
    path.erase(0, 2);
  std::lock_guard held{mutex_};
  for (auto& each : files_)
    if (each.path == path)
      return;
  files_.push_back({path, path});
}

std::string source_files::show(const error_detail& part) {
  std::lock_guard held{mutex_};
  std::string shown;
  auto most = std::min(most_searched, files_.size());
  for (size_t i = 0; i < most; ++i) {
    auto& [path, shown_as] = files_[files_.size() - 1 - i];
    auto& text = text_of(path);
    auto at = place_in_source(text, {part.begin_line, part.begin_column}, part);
    if (!at)
      continue;
    if (!shown.empty())
      return {};
    shown = fmt::format("\n  at {}:{}:{}:{}", shown_as, at->line, at->column,
                        shown_line(text, *at));
  }
  return shown;
}

const std::string& source_files::text_of(const std::string& path) {
  if (path == path_)
    return text_;
  auto text = machine_->files().read(path, most_read);
  text_ = text ? std::move(*text) : std::string{};
  path_ = path;
  return text_;
}

} // namespace troupe
