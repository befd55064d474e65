#include "platform/simulated/simulated_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

// Files of other file systems that are shown here.

namespace {

/// Folders that a kernel fills.
bool is_of_kernel(const std::string& path) {
  constexpr std::array<std::string_view, 4> folders{"/proc", "/sys", "/dev",
                                                    "/run"};
  return std::any_of(folders.begin(), folders.end(), [&](auto folder) {
    return path.starts_with(folder)
           && (path.size() == folder.size() || path[folder.size()] == '/');
  });
}

bool is_at_or_below(const std::string& path, const std::string& folder) {
  return path.starts_with(folder)
         && (folder.empty() || path.size() == folder.size()
             || path[folder.size()] == '/');
}

} // namespace

void simulated_files::show(file_system& source, std::string from,
                           std::string to) {
  std::lock_guard guard{lock_};
  if (from.empty() && to.empty())
    start_ = source.working_folder();
  if (!to.empty())
    put_folder(to);
  sources_.push_back({&source, std::move(from), std::move(to)});
}

void simulated_files::start_in(std::string folder) {
  std::lock_guard guard{lock_};
  start_ = std::move(folder);
}

std::optional<std::string>
simulated_files::shown_source::inside(const std::string& path) const {
  if (!is_at_or_below(path, to))
    return std::nullopt;
  auto out = from + path.substr(to.size());
  if (is_of_kernel(out))
    return std::nullopt;
  return out.empty() ? "/" : out;
}

bool simulated_files::is_covered(const std::string& real) const {
  for (auto end = real.size(); end != 0 && end != std::string::npos;
       end = real.rfind('/', end - 1)) {
    auto own = nodes_.find(real.substr(0, end));
    if (own != nodes_.end()
        && (!own->second || (own->second->covers && end < real.size())))
      return true;
  }
  return false;
}

const simulated_files::node*
simulated_files::shown_at(const std::string& real) const {
  if (auto seen = seen_.find(real); seen != seen_.end())
    return is_covered(real) ? nullptr : seen->second.get();
  node_pointer found;
  for (auto& each : sources_) {
    auto inside = each.inside(real);
    auto status = inside ? each.files->status(*inside, false)
                         : result<std::optional<file_status>>{std::nullopt};
    if (!status || !*status)
      continue;
    found = std::make_shared<node>();
    found->status = **status;
    if (found->status.kind == file_kind::symlink) {
      auto target = each.files->read_link(*inside);
      found->bytes = target ? *target : std::string{};
    } else if (found->status.kind == file_kind::regular) {
      found->source = each.files;
      found->source_path = *inside;
    }
    break;
  }
  auto* out = found.get();
  seen_.emplace(real, std::move(found));
  return is_covered(real) ? nullptr : out;
}

result<std::string> simulated_files::content_of(const node& of, size_t limit) {
  return of.source ? of.source->read(of.source_path, limit)
                   : result<std::string>{of.bytes};
}

void simulated_files::add_shown_names(const std::string& folder,
                                      std::vector<std::string>& to) const {
  if (sources_.empty())
    return;
  for (auto& each : sources_) {
    auto inside = each.inside(folder == "/" ? "" : folder);
    auto names
      = inside ? each.files->list(*inside)
               : result<std::vector<std::string>>{std::vector<std::string>{}};
    if (!names)
      continue;
    auto prefix = folder == "/" ? folder : folder + '/';
    for (auto& name : *names)
      if (at(fmt::format("{}{}", prefix, name)))
        to.push_back(name);
  }
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

} // namespace troupe
