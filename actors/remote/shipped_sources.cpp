#include "actors/remote/shipped_sources.hpp"

#include "actors/remote/source_store.hpp"
#include "modules/support/arguments/source_arguments.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/vault.hpp"
#include "platform/new_file.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr size_t entries_most = 100'000;
constexpr unsigned depth_most = 100;

/// Puts `with` wherever `what` stands in a text.
void replace_in(std::string& text, const std::string& what,
                const std::string& with) {
  auto at = text.find(what);
  if (at == std::string::npos)
    return;
  std::string out;
  size_t from = 0;
  for (; at != std::string::npos; at = text.find(what, from)) {
    out.append(text, from, at - from);
    out += with;
    from = at + what.size();
    // What is this long is no result of ours.
    if (out.size() > line_message_most)
      return;
  }
  out.append(text, from);
  text = std::move(out);
}

value replaced_in(const value& in, const std::string& what,
                  const std::string& with) {
  if (in.is_text()) {
    if (in.as_string().find(what) == std::string::npos)
      return in;
    auto copy = in.as_text();
    replace_in(copy.bytes, what, with);
    return value{std::move(copy)};
  }
  if (in.is_list()) {
    list out;
    for (auto& each : in.as_list())
      out.push_back(replaced_in(each, what, with));
    return value{std::move(out)};
  }
  if (in.is_dict()) {
    dict out;
    for (auto& [key, each] : in.as_dict())
      out.set(key, replaced_in(each, what, with));
    return value{std::move(out)};
  }
  return in;
}

/// Where the first word of a command line ends, with its quotes.
size_t end_of_first_word(std::string_view line) {
  auto quote = '\0';
  size_t at = line.find_first_not_of(" \t\n");
  for (; at < line.size(); ++at) {
    auto c = line[at];
    if (c == '\\' && quote != '\'')
      ++at;
    else if (quote != '\0')
      quote = c == quote ? '\0' : quote;
    else if (c == '\'' || c == '"')
      quote = c;
    else if (c == ' ' || c == '\t' || c == '\n')
      break;
  }
  return std::min(at, line.size());
}

/// A path as one word of a command line.
std::string as_word(const std::string& path) {
  std::string out{"'"};
  for (auto c : path)
    out += c == '\'' ? std::string{"'\"'\"'"} : std::string{c};
  return out + "'";
}

result<source_bytes> in_memory(const std::string& text) {
  auto digest = digest_of(text, "sha256");
  if (!digest)
    return digest.why();
  return source_bytes{*digest, text.size(),
                      [&text](uint64_t offset, size_t length) {
                        return result<std::string>{text.substr(offset, length)};
                      }};
}

/// A file may be larger than memory.
result<source_bytes> in_file(const std::string& path, host& machine) {
  auto& files = machine.files();
  auto digest = files.digest(path, "sha256");
  if (!digest)
    return digest.why();
  auto status = files.status(path, true);
  if (!status || !*status)
    return status
             ? error{errc::not_found, fmt::format("'{}' does not exist", path)}
             : status.why();
  return source_bytes{*digest, (*status)->size,
                      [path](uint64_t offset, size_t length) {
                        return read_part(path, offset, length);
                      }};
}

} // namespace

std::string shipped_sources::there(const line_call& to,
                                   const std::string& from) {
  auto own = fmt::format("{}", places_.size());
  auto place = source_store::place_of(line_.peer().folder, to.number);
  places_.emplace_back(joined(joined(place, own), ""),
                       joined(parent_of(from), ""));
  return own;
}

bool shipped_sources::opens() const {
  return !job_.args.given("decrypt") || job_.args.flag("decrypt");
}

result<void> shipped_sources::ship(line_call& to) {
  for (auto& each : source_arguments) {
    if (each.module != job_.module->spec().name
        || !job_.args.given(each.argument) || to.prepared)
      continue;
    bool is_there = job_.args.given("remote_src") ? job_.args.flag("remote_src")
                                                  : each.remote;
    if (is_there)
      continue;
    if (auto shipped
        = ship_argument(to, each.argument, each.kind, each.first_word);
        !shipped)
      return shipped;
  }
  return ship_program(to);
}

result<void> shipped_sources::ship_argument(line_call& to,
                                            std::string_view argument,
                                            std::string_view kind,
                                            bool first_word) {
  auto said = job_.args.text(argument);
  std::string rest;
  if (first_word) {
    auto words = split_command(said);
    if (!words)
      return words.why();
    if (words->empty())
      return {};
    rest = said.substr(end_of_first_word(said));
    said = words->front();
  }
  // What is fetched from elsewhere is fetched there.
  if (said.find("://") != std::string::npos)
    return {};
  auto found = find_source(expand_path(said, here_), kind, here_);
  if (!found)
    return found.why();
  auto own = there(to, *found);
  to.sources.push_back({placed_source::kinds::folder, own, {}, 0700});
  auto path = joined(own, base_name(*found));
  if (auto added = add(to, *found, path, 0); !added)
    return added;
  auto place
    = joined(source_store::place_of(line_.peer().folder, to.number), path);
  // With a slash at its end it means what is in the folder.
  if (said.ends_with('/'))
    place += '/';
  to.args.set(argument, first_word ? as_word(place) + rest : place);
  return {};
}

result<void> shipped_sources::ship_program(line_call& to) {
  auto path = job_.module->program();
  if (path.empty())
    return {};
  auto own = there(to, path);
  to.sources.push_back({placed_source::kinds::folder, own, {}, 0700});
  to.program = joined(own, base_name(path));
  return add(to, path, to.program, 0);
}

result<void> shipped_sources::add(line_call& to, const std::string& from,
                                  const std::string& path, unsigned depth) {
  if (to.sources.size() >= entries_most || depth > depth_most)
    return error{errc::exhausted,
                 fmt::format("'{}' is more than can be sent to a host: at most "
                             "{} files and folders, {} deep",
                             from, entries_most, depth_most)};
  auto& files = here_.machine.files();
  bool keeps_links = job_.args.given("local_follow")
                     && !job_.args.flag("local_follow") && depth > 0;
  auto status = files.status(from, !keeps_links);
  if (!status)
    return status.why();
  // A link that leads nowhere is for the module to tell of.
  if (!*status && depth > 0)
    status = files.status(from, false);
  if (!status || !*status)
    return status
             ? error{errc::not_found, fmt::format("'{}' does not exist", from)}
             : status.why();
  auto& what = **status;
  if (what.kind == file_kind::symlink) {
    auto target = files.read_link(from);
    if (!target)
      return target.why();
    to.sources.push_back({placed_source::kinds::link, path, *target, 0});
    return {};
  }
  if (what.kind == file_kind::regular)
    return add_file(to, from, path, what.mode);
  if (what.kind != file_kind::directory)
    return error{errc::invalid_argument,
                 fmt::format("'{}' is neither a file nor a folder", from)};
  to.sources.push_back({placed_source::kinds::folder, path, {}, what.mode});
  auto names = files.list(from);
  if (!names)
    return names.why();
  for (auto& name : *names)
    if (auto added = add(to, joined(from, name), joined(path, name), depth + 1);
        !added)
      return added;
  return {};
}

result<void> shipped_sources::add_file(line_call& to, const std::string& from,
                                       const std::string& path, uint32_t mode) {
  auto plain = open_source(from, opens(), here_);
  if (!plain)
    return plain.why();
  auto bytes = *plain ? in_memory(**plain) : in_file(from, here_.machine);
  if (!bytes)
    return bytes.why();
  auto name = line_.send_source(*bytes, mode, limit_);
  if (!name)
    return name.why();
  to.sources.push_back({placed_source::kinds::file, path, *name, mode});
  return {};
}

void replace_in(module_result& in, const std::string& what,
                const std::string& with) {
  replace_in(in.msg, what, with);
  for (auto& each : in.warnings)
    replace_in(each, what, with);
  in.data = replaced_in(value{std::move(in.data)}, what, with).as_dict();
  in.diff = replaced_in(in.diff, what, with);
  for (auto& each : in.things)
    replace_in(each.name, what, with);
}

void shipped_sources::name_places(module_result& in) const {
  for (auto& [there, here] : places_)
    replace_in(in, there, here);
}

} // namespace troupe
