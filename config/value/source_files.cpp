#include "config/value/source_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

void source_files::add(std::string path) {
  if (path.starts_with("./"))
    path.erase(0, 2);
  std::lock_guard held{mutex_};
  for (auto& each : files_)
    if (each.path == path)
      return;
  files_.push_back({path, path, {}});
}

void source_files::note(const std::string& path) {
  std::lock_guard held{mutex_};
  if (noted_.size() < most_noted)
    noted_.insert(path);
}

bool source_files::has(const std::string& path) {
  auto& files = machine_->files();
  auto there = files.status(path, true);
  if (!there || !*there || (*there)->kind != file_kind::regular)
    return false;
  auto is_it = [&](const std::string& each) {
    auto found = files.status(each, true);
    return found && *found && is_same_file(**there, **found);
  };
  std::lock_guard held{mutex_};
  return std::any_of(files_.begin(), files_.end(),
                     [&](auto& each) { return is_it(each.path); })
         || std::any_of(noted_.begin(), noted_.end(), is_it);
}

bool source_files::read_all() {
  if (files_.size() > most_files)
    return false;
  for (auto& each : files_) {
    if (bytes_ > most_bytes)
      return false;
    if (each.text)
      continue;
    auto text = machine_->files().read(each.path, most_bytes);
    // Whether a larger one has the text nobody knows.
    if (!text && text.why().code == errc::exhausted) {
      bytes_ = most_bytes + 1;
      return false;
    }
    each.text = text ? std::move(*text) : std::string{};
    bytes_ += each.text->size();
  }
  return bytes_ <= most_bytes;
}

std::string source_files::show(const error_detail& part) {
  std::lock_guard held{mutex_};
  if (!read_all())
    return {};
  std::string shown;
  for (auto& each : files_) {
    auto& text = *each.text;
    auto at = place_in_source(text, {part.begin_line, part.begin_column}, part);
    if (!at)
      continue;
    if (!shown.empty())
      return {};
    shown = fmt::format("\n  at {}:{}:{}:{}", each.shown_as, at->line,
                        at->column, shown_line(text, *at));
  }
  return shown;
}

} // namespace troupe
