#include "modules/support/files/missing_source.hpp"

#include "config/value/nearest.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace troupe {

namespace {

/// Names that the nearest is looked for among.
constexpr size_t most_names = 2000;

bool contains(const std::vector<std::string>& all, std::string_view x) {
  return std::find(all.begin(), all.end(), x) != all.end();
}

/// The folders, each once, whether it is called by its whole path or seen from
/// where the program is.
std::vector<std::string> each_once(const std::vector<std::string>& folders,
                                   file_system& files) {
  std::vector<std::string> out;
  std::vector<std::string> known;
  for (auto& each : folders) {
    auto real = files.real_path(each.empty() ? "." : each);
    auto name
      = real ? *real : std::filesystem::path{each}.lexically_normal().string();
    if (contains(known, name))
      continue;
    known.push_back(std::move(name));
    out.push_back(each);
  }
  return out;
}

/// A folder inside of another one of `all`, in which it is for one kind of
/// files: `files` and `templates` of a plan, `tasks` of a role.
bool is_part_of(const std::string& folder,
                const std::vector<std::string>& all) {
  auto name = base_name(folder);
  return (name == "files" || name == "templates" || name == "tasks")
         && contains(all, parent_of(folder));
}

/// Where people put such a file. That it is also looked for in `files` of the
/// folder `templates` helps nobody.
std::vector<std::string> usual_places(const std::string& src,
                                      std::string_view kind,
                                      const std::vector<std::string>& folders) {
  std::vector<std::string> out;
  bool has_kind = src.starts_with(std::string{kind} + "/");
  for (auto& each : folders) {
    bool part = is_part_of(each, folders);
    if (!has_kind && !part)
      out.push_back(joined(joined(each, kind), src));
    if (!part || base_name(each) == "tasks")
      out.push_back(joined(each, src));
  }
  if (out.empty())
    out.push_back(src);
  return out;
}

std::string nearest_in(const std::vector<std::string>& places,
                       const std::string& src, file_system& files) {
  std::vector<std::string> names;
  for (auto& each : places)
    if (auto found = files.list(parent_of(each)))
      for (auto& name : *found)
        if (names.size() < most_names)
          names.push_back(std::move(name));
  auto name = nearest_name(base_name(src), names);
  if (name.empty() || src.find('/') == src.npos)
    return name;
  return joined(parent_of(src), name);
}

} // namespace

std::string missing_source(const std::string& src, std::string_view kind,
                           const std::vector<std::string>& folders,
                           file_system& files) {
  auto places = usual_places(src, kind, each_once(folders, files));
  auto near = nearest_in(places, src, files);
  return fmt::format(
    "'{}' was not found; looked for {}{}", src, said_once(places),
    near.empty() ? near : fmt::format("; did you mean '{}'?", near));
}

} // namespace troupe
