#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/run/run_lookup.hpp"

namespace troupe {

namespace {

using values = std::vector<value>;

result<values> file(evaluator& e, const values& terms,
                    const bound_arguments& with) {
  values out;
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto path = find_file(e, *name, "files");
    if (!path)
      return path.why();
    if (path->empty())
      return lookup_failure("could not locate file in lookup: {}", *name);
    auto bytes = read_opened(e, *path);
    if (!bytes)
      return bytes.why();
    out.emplace_back(
      strip(*bytes, std::nullopt, with.flag(0), with.flag(1, true)));
  }
  return out;
}

/// The folders in which the files of a pattern may be.
result<std::vector<std::string>> folders_of(evaluator& e,
                                            const std::string& pattern) {
  std::vector<std::string> out;
  if (base_name(pattern) != pattern) {
    auto found = find_file(e, dir_name(pattern), "files");
    if (!found)
      return found.why();
    if (!found->empty())
      out.push_back(std::move(*found));
    return out;
  }
  for (auto& base : e.run_state().search_path()) {
    out.push_back(base + "/files");
    out.push_back(base);
  }
  return out;
}

result<values> file_glob(evaluator& e, const values& terms,
                         const bound_arguments&) {
  values out;
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  for (auto& term : terms) {
    auto pattern = term_text(term);
    if (!pattern)
      return pattern.why();
    auto folders = folders_of(e, *pattern);
    if (!folders)
      return folders.why();
    for (auto& folder : *folders) {
      auto found
        = matching_files(**machine, join_paths(folder, base_name(*pattern)));
      if (found.empty())
        continue;
      out.insert(out.end(), found.begin(), found.end());
      break;
    }
  }
  return out;
}

// -- first_found --------------------------------------------------------------

std::vector<std::string> split_names(const value& x, std::string_view by) {
  std::vector<std::string> out;
  if (x.is_list()) {
    for (auto& y : x.as_list()) {
      auto inner = split_names(y, by);
      out.insert(out.end(), inner.begin(), inner.end());
    }
    return out;
  }
  if (!x.is_text())
    return out;
  std::string_view rest = x.as_string();
  for (;;) {
    auto end = std::min(rest.find_first_of(by), rest.size());
    out.emplace_back(rest.substr(0, end));
    if (end == rest.size())
      return out;
    rest.remove_prefix(end + 1);
  }
}

struct search_plan {
  std::vector<std::string> names;
  bool skip = false;
};

result<void> plan_search(const values& terms, const bound_arguments& with,
                         search_plan& out) {
  for (auto& term : terms) {
    if (is_strict_undefined(term))
      continue;
    if (term.is_list()) {
      if (auto ok = plan_search(term.as_list().items, with, out); !ok)
        return ok;
      continue;
    }
    if (!term.is_text() && !term.is_dict())
      return lookup_failure("Invalid term supplied: {}", to_display(term));
    value files = with.has(0) ? with[0] : value{list{}};
    value paths = with.has(1) ? with[1] : value{list{}};
    value skip = with.has(2) ? with[2] : value{false};
    if (term.is_dict()) {
      auto option = [&](const char* name, value otherwise) {
        auto* found = term.find(name);
        return found ? *found : otherwise;
      };
      files = option("files", value{list{}});
      paths = option("paths", value{list{}});
      skip = option("skip", value{false});
    }
    out.skip = truthy(skip);
    auto names = split_names(files, ",;");
    auto folders = split_names(paths, ",:;");
    if (!folders.empty()) {
      for (auto& folder : folders)
        for (auto& name : names)
          out.names.push_back(join_paths(folder, name));
    } else if (!names.empty()) {
      out.names = names;
    } else if (term.is_text()) {
      out.names.push_back(term.as_string());
    }
  }
  return {};
}

/// `_subdir` is what `with_first_found` says of the folders in which files of
/// its task's module lie.
result<values> first_found(evaluator& e, const values& terms,
                           const bound_arguments& with) {
  search_plan plan;
  auto below = with.has(3) ? to_display(with[3]) : std::string{"files"};
  if (auto ok = plan_search(terms, with, plan); !ok)
    return ok.why();
  for (auto& name : plan.names) {
    auto shown = e.run_state().evaluate(value{name});
    if (!shown && shown.why().code == errc::undefined)
      continue;
    if (!shown)
      return shown.why();
    auto path = find_file(e, to_display(*shown), below);
    if (!path)
      return path.why();
    if (!path->empty())
      return values{value{std::move(*path)}};
  }
  if (plan.skip)
    return values{};
  return lookup_failure("No file was found when using first_found.");
}

result<values> unvault(evaluator& e, const values& terms,
                       const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto name = term_text(term);
    if (!name)
      return name.why();
    auto path = find_file(e, *name, "files");
    if (!path)
      return path.why();
    if (path->empty())
      return lookup_failure("Unable to find file matching \"{}\"", *name);
    auto bytes = read_opened(e, *path);
    if (!bytes)
      return bytes.why();
    out.emplace_back(std::move(*bytes));
  }
  return out;
}

constexpr lookup_row file_lookup_rows[] = {
  {"file", "lstrip= rstrip= **named", file},
  {"fileglob", "**named", file_glob},
  {"first_found", "files= paths= skip= _subdir= **named", first_found},
  {"unvault", "**named", unvault},
};

} // namespace

std::span<const lookup_row> file_lookups() {
  return file_lookup_rows;
}

} // namespace troupe
