#include "modules/support/archives/archive_sources.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/facts/ansible_facts.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t most_sources = 1'000'000;
constexpr size_t deepest_source = 200;

bool is_pattern(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos;
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

/// The folder that all these have in common.
std::string common_folder(const std::vector<std::string>& paths) {
  std::vector<std::string> common;
  for (size_t i = 0; i < paths.size(); ++i) {
    auto parts = split_text(parent_of(paths[i]), '/');
    auto end
      = std::mismatch(common.begin(), common.end(), parts.begin(), parts.end());
    if (i == 0)
      common = parts;
    else
      common.erase(end.first, common.end());
  }
  auto out = fmt::format("{}", fmt::join(common, "/"));
  return out.empty() ? "/" : out;
}

class source_finder {
public:
  source_finder(const arguments& args, std::string dest,
                const module_context& ctx)
      : args_{args}, dest_{std::move(dest)}, ctx_{ctx},
        patterns_{args.texts("exclusion_patterns")} {
  }

  result<archive_sources> run() {
    expand("exclude_path", out_.excluded);
    left_out_.insert(out_.excluded.begin(), out_.excluded.end());
    expand("path", out_.paths);
    std::erase_if(out_.paths, [this](auto& path) {
      return left_out_.contains(path) || path == dest_;
    });
    out_.is_tree = out_.is_tree || out_.paths.size() > 1;
    out_.root = common_folder(out_.paths);
    for (auto& path : out_.paths)
      if (auto done = add(path, 0); !done)
        return done.why();
    return std::move(out_);
  }

private:
  void expand(std::string_view name, std::vector<std::string>& to) {
    auto& files = ctx_.machine.files();
    for (auto& each : args_.texts(name)) {
      auto path = without_slash(expand_path(each, ctx_));
      if (!path.starts_with('/'))
        path = joined(files.working_folder(), path);
      if (is_pattern(path)) {
        auto found = files.glob(path);
        to.insert(to.end(), found.begin(), found.end());
        out_.is_tree = out_.is_tree || name == "path";
      } else if (auto there = files.status(path, false); there && *there) {
        to.push_back(path);
      } else if (name == "path") {
        out_.missing.push_back(path);
      }
    }
  }

  bool is_left_out(const std::string& path) const {
    return path == dest_ || left_out_.contains(path)
           || std::any_of(
             patterns_.begin(), patterns_.end(),
             [&path](auto& pattern) { return matches_pattern(pattern, path); });
  }

  result<void> add(const std::string& path, size_t depth) {
    if (is_left_out(path)) {
      out_.is_partial = true;
      return {};
    }
    if (depth > deepest_source || out_.names.size() >= most_sources)
      return error{errc::exhausted,
                   fmt::format("'{}' has more than {} entries, or is deeper "
                               "than {} folders",
                               out_.root, most_sources, deepest_source)};
    auto& files = ctx_.machine.files();
    auto status = files.status(path, false);
    if (!status)
      return status.why();
    if (!*status)
      return {};
    auto begin = out_.root == "/" ? 1 : out_.root.size() + 1;
    auto name = path.substr(std::min(begin, path.size()));
    if (!is_one_line(name))
      return error{errc::invalid_argument,
                   fmt::format("the name '{}' is more than a line", name)};
    if ((*status)->kind != file_kind::directory) {
      if (!name.empty())
        out_.names.push_back(name);
      return {};
    }
    out_.is_tree = true;
    if (!name.empty())
      out_.names.push_back(name + "/");
    auto below = files.list(path);
    if (!below)
      return below.why();
    for (auto& each : *below)
      if (auto done = add(joined(path, each), depth + 1); !done)
        return done;
    return {};
  }

  const arguments& args_;
  std::string dest_;
  const module_context& ctx_;
  std::vector<std::string> patterns_;
  std::set<std::string> left_out_;
  archive_sources out_;
};

} // namespace

result<archive_sources> find_archive_sources(const arguments& args,
                                             const std::string& dest,
                                             const module_context& ctx) {
  return source_finder{args, dest, ctx}.run();
}

} // namespace troupe
