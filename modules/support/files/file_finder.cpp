#include "modules/support/files/file_finder.hpp"

#include "config/language/python/shell_pattern.hpp"
#include "modules/support/files/edited_file.hpp"
#include "modules/support/files/line_search.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/stat_values.hpp"
#include "modules/support/files/text_lines.hpp"

#include <fmt/format.h>

#include <charconv>

namespace troupe {

namespace {

result<file_wish::patterns> read_patterns(const arguments& args,
                                          std::string_view name) {
  file_wish::patterns out;
  for (auto& each : args.texts(name)) {
    auto pattern = args.flag("use_regex") ? each : regex_of_shell(each);
    auto made = regex::get(pattern, {.dot_all = !args.flag("use_regex")});
    if (!made)
      return error{errc::invalid_argument, made.why().message};
    out.push_back(*std::move(made));
  }
  return out;
}

/// A number with a letter behind it that says how much each of it is.
result<std::optional<int64_t>>
read_amount(const arguments& args, std::string_view name,
            std::string_view letters, const std::vector<int64_t>& factors) {
  if (!args.has(name))
    return std::optional<int64_t>{};
  auto text = args.text(name);
  error wrong{errc::invalid_argument,
              fmt::format("{} '{}' is no number with one of the letters '{}' "
                          "behind it",
                          name, text, letters)};
  int64_t number = 0;
  auto* end = text.data() + text.size();
  auto [at, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc{})
    return wrong;
  int64_t factor = 1;
  if (at != end) {
    auto letter = *at >= 'A' && *at <= 'Z' ? static_cast<char>(*at + 32) : *at;
    auto which = letters.find(letter);
    if (at + 1 != end || which == letters.npos)
      return wrong;
    factor = factors[which];
  }
  if (__builtin_mul_overflow(number, factor, &number))
    return wrong;
  return std::optional{number};
}

bool is_at_least(double have, int64_t wanted) {
  return wanted >= 0 ? have >= static_cast<double>(wanted)
                     : have <= -static_cast<double>(wanted);
}

} // namespace

result<file_wish> read_file_wish(const arguments& args) {
  file_wish out;
  auto names = read_patterns(args, "patterns");
  auto excluded = read_patterns(args, "excludes");
  if (!names || !excluded)
    return names ? excluded.why() : names.why();
  auto age = read_amount(args, "age", "smhdw", {1, 60, 3600, 86400, 604800});
  constexpr auto kilo = int64_t{1024};
  auto size = read_amount(
    args, "size", "bkmgt",
    {1, kilo, kilo * kilo, kilo * kilo * kilo, kilo * kilo * kilo * kilo});
  if (!age || !size)
    return age ? size.why() : age.why();
  if (args.has("contains")) {
    auto made = regex::get(args.text("contains"), {});
    if (!made)
      return error{errc::invalid_argument, made.why().message};
    out.contains = *std::move(made);
  }
  out.names = *std::move(names);
  out.excluded = *std::move(excluded);
  out.age = *age;
  out.size = *size;
  out.whole_content = args.flag("read_whole_file");
  out.age_stamp = args.text("age_stamp");
  out.file_type = args.text("file_type");
  out.depth = args.integer("depth");
  out.recurse = args.flag("recurse");
  out.hidden = args.flag("hidden");
  out.follow = args.flag("follow");
  out.with_checksum = args.flag("get_checksum");
  return out;
}

file_finder::file_finder(const file_wish& wish, const module_context& ctx)
    : wish_{wish}, ctx_{ctx}, now_{
                                std::chrono::duration<double>(
                                  ctx.machine.clock().now().time_since_epoch())
                                  .count()} {
}

result<void> file_finder::look_into(const std::string& path) {
  auto status = ctx_.machine.files().status(path, true);
  if (!status)
    return status.why();
  if (!*status || (*status)->kind != file_kind::directory)
    return error{errc::not_found, fmt::format("'{}' is not a directory", path)};
  above_ = {{(*status)->device, (*status)->inode}};
  return folder(path, 1);
}

result<void> file_finder::folder(const std::string& path, size_t depth) {
  if (depth > deepest)
    return error{
      errc::recursion,
      fmt::format("'{}' is nested deeper than {} folders", path, deepest)};
  auto names = ctx_.machine.files().list(path);
  if (!names)
    return names.why();
  std::vector<std::string> below;
  for (auto& name : *names) {
    if (auto on = may_go_on(ctx_, examined_); !on)
      return on;
    if (auto done = entry(joined(path, name), name, depth, below); !done)
      return done;
  }
  if (!wish_.recurse)
    return {};
  for (auto& each : below) {
    auto status = ctx_.machine.files().status(each, true);
    if (!status || !*status)
      continue;
    std::pair id{(*status)->device, (*status)->inode};
    if (!above_.insert(id).second)
      continue;
    auto done = folder(each, depth + 1);
    above_.erase(id);
    auto passed_over = !done
                       && (done.why().code == errc::not_found
                           || done.why().code == errc::permission_denied);
    if (!done && !passed_over)
      return done;
  }
  return {};
}

result<void> file_finder::entry(const std::string& path,
                                const std::string& name, size_t depth,
                                std::vector<std::string>& below) {
  ++examined_;
  auto status = ctx_.machine.files().status(path, false);
  // It may have gone since.
  if (!status || !*status)
    return {};
  auto& found = **status;
  auto too_deep = wish_.depth > 0 && depth > static_cast<size_t>(wish_.depth);
  if (too_deep)
    return {};
  if (found.kind == file_kind::directory)
    below.push_back(path);
  if (found.kind == file_kind::symlink && wish_.follow) {
    auto target = ctx_.machine.files().status(path, true);
    if (target && *target && (*target)->kind == file_kind::directory)
      below.push_back(path);
  }
  if (name.starts_with(".") && !wish_.hidden)
    return {};
  auto wanted = is_wanted(path, name, found);
  if (!wanted || !*wanted)
    return wanted ? result<void>{} : result<void>{wanted.why()};
  if (found_.size() == most_found)
    return error{errc::exhausted,
                 fmt::format("more than {} files were found", most_found)};
  auto told = stat_values(found, ctx_);
  told.set("path", value::from_host(path));
  if (wish_.with_checksum && found.kind == file_kind::regular)
    if (auto sum = ctx_.machine.files().digest(path, "sha1"))
      told.set("checksum", *sum);
  found_.push_back(std::move(told));
  return {};
}

result<bool> file_finder::is_wanted(const std::string& path,
                                    const std::string& name,
                                    const file_status& status) const {
  auto regular = status.kind == file_kind::regular;
  auto& type = wish_.file_type;
  auto right_kind
    = type == "any" || (type == "file" && regular)
      || (type == "directory" && status.kind == file_kind::directory)
      || (type == "link" && status.kind == file_kind::symlink);
  if (!right_kind)
    return false;
  auto named = has_wanted_name(name);
  if (!named || !*named || !has_wanted_age(status))
    return named ? result<bool>{false} : named;
  if (!regular)
    return true;
  if (wish_.size && !is_at_least(static_cast<double>(status.size), *wish_.size))
    return false;
  return type == "file" && wish_.contains ? has_wanted_content(path)
                                          : result<bool>{true};
}

result<bool> file_finder::has_wanted_name(const std::string& name) const {
  auto match_one = [&](const file_wish::patterns& of) -> result<bool> {
    for (auto& each : of) {
      auto found = each->find(name, 0, true);
      if (!found)
        return found.why();
      if (*found)
        return true;
    }
    return false;
  };
  if (!wish_.names.empty()) {
    auto named = match_one(wish_.names);
    if (!named || !*named)
      return named;
  }
  auto out = match_one(wish_.excluded);
  return out ? result<bool>{!*out} : out;
}

bool file_finder::has_wanted_age(const file_status& status) const {
  if (!wish_.age)
    return true;
  auto& stamp = wish_.age_stamp;
  auto when = stamp == "atime"   ? status.accessed
              : stamp == "ctime" ? status.changed
                                 : status.modified;
  return is_at_least(now_ - when, *wish_.age);
}

/// What cannot be read, or is too long to be, has nothing.
result<bool> file_finder::has_wanted_content(const std::string& path) const {
  auto content = ctx_.machine.files().read(path, longest_edited);
  if (!content)
    return false;
  if (wish_.whole_content) {
    auto found = wish_.contains->find(*content);
    return found ? result<bool>{found->has_value()} : result<bool>{found.why()};
  }
  size_t number = 0;
  for (auto line : lines_with_ends(*content)) {
    if (auto on = may_go_on(ctx_, number++); !on)
      return on.why();
    auto found = wish_.contains->find(line, 0, true);
    if (!found)
      return found.why();
    if (*found)
      return true;
  }
  return false;
}

} // namespace troupe
