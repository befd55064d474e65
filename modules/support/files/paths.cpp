#include "modules/support/files/paths.hpp"

#include "config/language/language.hpp"
#include "config/value/source_files.hpp"
#include "modules/support/arguments/times.hpp"
#include "modules/support/files/missing_source.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <filesystem>

namespace troupe {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_';
}

std::string with_home(const std::string& path, const module_context& ctx) {
  if (path.empty() || path[0] != '~')
    return path;
  auto slash = std::min(path.find('/'), path.size());
  auto name = path.substr(1, slash - 1);
  std::optional<std::string> home;
  auto& accounts = ctx.machine.accounts();
  if (name.empty())
    home = environment_entry("HOME", ctx);
  if (!home) {
    auto user = name.empty() ? accounts.user(accounts.effective_uid())
                             : accounts.user(std::string_view{name});
    if (user)
      home = user->home;
  }
  return home ? *home + path.substr(slash) : path;
}

} // namespace

std::optional<std::string> environment_entry(const std::string& name,
                                             const module_context& ctx) {
  // The last one counts, as for the processes that get them.
  auto& own = ctx.environment;
  auto found = std::find_if(own.rbegin(), own.rend(),
                            [&](auto& entry) { return entry.first == name; });
  return found == own.rend() ? ctx.machine.variable(name)
                             : std::optional{found->second};
}

std::string expand_path(const std::string& path, const module_context& ctx) {
  if (path.find_first_of("~$") == std::string::npos)
    return path;
  std::string out;
  for (size_t i = 0; i < path.size();) {
    if (path[i] != '$') {
      out += path[i++];
      continue;
    }
    auto braced = i + 1 < path.size() && path[i + 1] == '{';
    auto begin = i + (braced ? 2 : 1);
    auto end = begin;
    while (end < path.size() && is_name_character(path[end]))
      ++end;
    auto closed = !braced || (end < path.size() && path[end] == '}');
    auto found = end > begin && closed
                   ? environment_entry(path.substr(begin, end - begin), ctx)
                   : std::nullopt;
    auto next = end + (braced && closed ? 1 : 0);
    // What is not set stays as it was written, as in Python.
    out += found ? *found : path.substr(i, next - i);
    i = next;
  }
  return with_home(out, ctx);
}

std::string said_once(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (auto& each : paths) {
    auto normal = std::filesystem::path{each}.lexically_normal().string();
    if (std::find(out.begin(), out.end(), normal) == out.end())
      out.push_back(std::move(normal));
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

std::string path_argument(const arguments& args, std::string_view name,
                          const module_context& ctx) {
  return expand_path(args.text(name), ctx);
}

result<void> check_whole(const arguments& args, std::string_view name) {
  if (args.text(name).find('\0') == std::string::npos)
    return {};
  return error{errc::invalid_argument,
               fmt::format("argument '{}': the path holds a NUL byte", name)};
}

result<std::string> find_source(const std::string& src, std::string_view kind,
                                const module_context& ctx) {
  if (src.empty())
    return error{errc::invalid_argument, "the source has no name"};
  auto& files = ctx.machine.files();
  std::vector<std::string> tried;
  if (src.starts_with("/")) {
    tried.push_back(src);
  } else {
    for (auto& folder : ctx.search_path) {
      tried.push_back(joined(joined(folder, kind), src));
      tried.push_back(joined(folder, src));
    }
    if (ctx.search_path.empty())
      tried.push_back(src);
  }
  for (auto& path : tried) {
    auto found = files.status(path, true);
    if (!found)
      return found.why();
    if (!*found)
      continue;
    if (auto* sources
        = ctx.templates ? ctx.templates->options().sources.get() : nullptr)
      sources->note(path);
    return path;
  }
  if (tried.size() == 1)
    return error{errc::not_found,
                 fmt::format("source '{}' does not exist", tried[0])};
  return error{errc::not_found,
               "source " + missing_source(src, kind, ctx.search_path, files)};
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.back() == '/')
    path.remove_suffix(1);
  auto slash = path.rfind('/');
  return std::string{slash == std::string_view::npos ? path
                                                     : path.substr(slash + 1)};
}

std::string parent_of(std::string_view path) {
  while (path.size() > 1 && path.back() == '/')
    path.remove_suffix(1);
  auto slash = path.rfind('/');
  if (slash == std::string_view::npos)
    return ".";
  return std::string{slash == 0 ? "/" : path.substr(0, slash)};
}

std::string joined(std::string_view folder, std::string_view name) {
  if (folder.empty())
    return std::string{name};
  if (folder.back() == '/')
    return fmt::format("{}{}", folder, name);
  return fmt::format("{}/{}", folder, name);
}

result<std::vector<std::string>> make_folders(const std::string& path,
                                              uint32_t mode,
                                              const module_context& ctx) {
  auto& files = ctx.machine.files();
  std::vector<std::string> missing;
  for (auto at = path;; at = parent_of(at)) {
    if (ctx.predicted && !missing.empty())
      ctx.predicted->expect_folder(at);
    auto found = files.status(at, true);
    if (!found)
      return found.why();
    if (*found) {
      if ((*found)->kind != file_kind::directory)
        return error{errc::system,
                     fmt::format("cannot create directory '{}': '{}' is not a "
                                 "directory",
                                 path, at)};
      break;
    }
    missing.push_back(at);
    if (at == "/" || at == ".")
      break;
  }
  std::reverse(missing.begin(), missing.end());
  for (auto& at : missing) {
    auto made = files.make_directory(at, mode);
    if (made)
      continue;
    // Another task may have been faster.
    auto now = files.status(at, true);
    if (!now || !*now || (*now)->kind != file_kind::directory)
      return made.why();
  }
  return missing;
}

result<std::string> make_backup(const std::string& path,
                                const module_context& ctx,
                                const std::optional<file_status>& seen) {
  static std::atomic<unsigned> counter{0};
  auto& files = ctx.machine.files();
  auto& clock = ctx.machine.clock();
  auto time = local_time(clock, clock.now(), "%Y-%m-%d@%H:%M:%S");
  std::string name;
  // An older copy, of another process in the same second, is not lost.
  for (bool taken = true; taken;) {
    name = fmt::format("{}.{}.{}~", path, counter.fetch_add(1), time);
    auto there = files.status(name, false);
    if (!there)
      return there.why();
    taken = there->has_value();
  }
  auto status = seen ? result<std::optional<file_status>>{seen}
                     : files.status(path, true);
  if (!status)
    return status.why();
  if (!*status)
    return error{errc::not_found,
                 fmt::format("cannot back up '{}': it does not exist", path)};
  auto& old = **status;
  file_attributes same{.mode = old.mode, .uid = old.uid, .gid = old.gid};
  // Nobody gets a copy of what is put in its place by now.
  if (auto done = files.replace_from(name, {path, old}, same); !done)
    return done.why();
  // The copy says when its content was written, not when it was saved.
  if (auto done
      = files.set_times(name, old.accessed_at, old.modified_at, false);
      !done)
    return done.why();
  return name;
}

result<void>
put_beside_first(const std::string& path,
                 const std::function<result<void>(const std::string&)>& make,
                 const module_context& ctx) {
  auto& files = ctx.machine.files();
  auto beside = files.unused_beside(path);
  if (auto made = make(beside); !made)
    return made;
  auto renamed = files.rename(beside, path);
  if (!renamed)
    static_cast<void>(files.remove(beside));
  return renamed;
}

result<std::string> end_of_links(const std::string& path,
                                 const module_context& ctx) {
  // As many as the system follows.
  constexpr auto most = 40;
  auto& files = ctx.machine.files();
  auto at = path;
  for (int passed = 0; passed <= most; ++passed) {
    auto status = files.status(at, false);
    if (!status)
      return status.why();
    if (!*status || (*status)->kind != file_kind::symlink)
      return at;
    auto target = files.read_link(at);
    if (!target)
      return target.why();
    at = target->starts_with("/") ? *target : joined(parent_of(at), *target);
  }
  return error{errc::system,
               fmt::format("the links at '{}' lead in a circle", path)};
}

result<followed_path> follow_links(const std::string& path,
                                   const module_context& ctx) {
  auto target = end_of_links(path, ctx);
  if (!target)
    return target.why();
  auto folder = ctx.machine.files().real_path(parent_of(*target));
  if (!folder)
    return followed_path{*std::move(target), false};
  return followed_path{joined(*folder, base_name(*target)), true};
}

result<void> check_enterable(const std::string& folder,
                             const module_context& ctx) {
  if (folder.empty())
    return {};
  if (ctx.predicted)
    ctx.predicted->expect_folder(folder);
  auto found = ctx.machine.files().status(folder, true);
  if (!found)
    return found.why();
  if (*found && (*found)->kind == file_kind::directory)
    return {};
  return error{
    errc::not_found,
    fmt::format("Unable to change directory before execution: '{}': {}", folder,
                *found ? "Not a directory" : "No such file or directory")};
}

} // namespace troupe
