#include "config/inventory/inventory_sources.hpp"

#include "config/inventory/inventory_readers.hpp"
#include "config/inventory/vars_file.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/value/nearest.hpp"
#include "config/vault/opened_text.hpp"
#include "config/vault/vault.hpp"
#include "platform/crypto.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// Folders inside one another.
constexpr unsigned most_folders = 20;

constexpr std::array<std::string_view, 3> yaml_endings{".yml", ".yaml",
                                                       ".json"};

// What Ansible leaves out of a folder when nothing else is configured.
constexpr std::array<std::string_view, 13> ignored_endings{
  ".pyc", ".pyo", ".swp",  ".bak", "~",    ".rpm",  ".md",
  ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"};

template <class Endings>
bool ends_with_any(std::string_view name, const Endings& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](auto each) { return name.ends_with(each); });
}

bool is_ignored(std::string_view name) {
  return name.starts_with('.') || name == "host_vars" || name == "group_vars"
         || name == "vars_plugins" || ends_with_any(name, ignored_endings);
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

error is_missing(host& machine, const std::string& path) {
  auto slash = path.rfind('/');
  auto names = machine.files().list(path.substr(0, std::max<size_t>(slash, 1)));
  auto last = last_part(path);
  auto hint = names ? did_you_mean(last, *names) : std::string{};
  // A word without a folder may have been meant as the name of a host.
  if (hint.empty() && absolute_path(machine, std::string{last}) == path)
    hint = fmt::format("; a host is named with a comma behind it: '{},'", last);
  return {errc::not_found,
          fmt::format("{}: there is no such inventory{}", path, hint)};
}

/// All problems as one error; success when there are none.
result<void> judged(const problems& found, const std::string& path,
                    std::string_view text) {
  if (found.empty())
    return {};
  auto message = format_problems(found, path, text);
  message.pop_back();
  return error{errc::invalid_argument, std::move(message)};
}

/// Whether a text that neither reader takes was meant to be YAML.
bool looks_like_yaml(std::string_view text) {
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto last = line.find_last_not_of(" \t\r");
    if (last == line.npos || line[0] == '#')
      continue;
    return line.starts_with("---") || line[last] == ':';
  }
  return false;
}

} // namespace

bool is_host_list(host& machine, const std::string& source) {
  if (source.find(',') == std::string::npos)
    return false;
  auto there = machine.files().status(source, true);
  return !there || !*there;
}

std::string absolute_source(host& machine, const std::string& path) {
  return absolute_path(machine, expand_user(machine, path));
}

result<void> source_reader::read(const std::string& source) {
  if (!is_host_list(machine_, source))
    return read_one(source);
  to_.begin_source(source, nullptr);
  return read_host_list(source, to_);
}

/// Reads a path; when that fails and may fail, as if it were not there.
result<void> source_reader::read_one(const std::string& path) {
  auto there = machine_.files().status(path, true);
  if (there && *there && (*there)->kind == file_kind::directory)
    return read_folder(path);
  auto before = to_;
  auto done = !there    ? result<void>{there.why()}
              : !*there ? result<void>{is_missing(machine_, path)}
                        : read_file(path);
  if (done || !options_.tolerant || done.why().code == errc::cancelled)
    return done;
  to_ = std::move(before);
  warnings_.push_back(done.why().message);
  return {};
}

result<void> source_reader::read_folder(const std::string& path) {
  if (depth_ >= most_folders)
    return error{
      errc::exhausted,
      fmt::format("{}: nested deeper than {} folders", path, most_folders)};
  auto names = machine_.files().list(path);
  if (!names)
    return names.why();
  ++depth_;
  for (auto& name : *names)
    if (!is_ignored(name))
      if (auto done = read_one(fmt::format("{}/{}", path, name)); !done)
        return done;
  --depth_;
  return {};
}

void source_reader::begin(const std::string& path) {
  to_.begin_source(path, std::make_shared<std::string>(path));
}

result<void> source_reader::read_file(const std::string& path) {
  begin(path);
  auto marked = machine_.files().starts_with(path, "#!");
  if (!machine_.files().access(path, "x")) {
    if (marked)
      return error{errc::permission_denied,
                   fmt::format("{}: begins with '#!', as a program does, but "
                               "may not be executed: chmod +x",
                               path)};
    return read_text(path);
  }
  auto ran = read_program_inventory(
    machine_, path,
    {machine_.clock().steady_now() + options_.program_time, options_.stop},
    to_);
  if (!ran)
    return ran.why();
  if (*ran)
    return {};
  // Some file systems let everything be executed.
  return marked ? error{errc::command_failed,
                        fmt::format("{}: cannot be executed: is the program "
                                    "in its first line there?",
                                    path)}
                : read_text(path);
}

result<void> source_reader::read_text(const std::string& path) {
  if (path.ends_with(".toml"))
    return error{errc::unsupported,
                 fmt::format("{}: inventories in TOML are not read; INI and "
                             "YAML are",
                             path)};
  auto text = machine_.files().read(path, longest_source);
  if (!text)
    return text.why();
  if (is_vault_text(*text))
    return take_encrypted(path, *text);
  auto named = ends_with_any(path, yaml_endings);
  auto name = last_part(path);
  auto bare = name.substr(1).find('.') == name.npos;
  if (!named && !bare)
    return take_ini(path, *text);
  auto before = to_;
  auto as_yaml = take_yaml(path, *text);
  if (as_yaml)
    return {};
  to_ = before;
  auto as_ini = take_ini(path, *text);
  return as_ini || (!named && !looks_like_yaml(*text)) ? as_ini : as_yaml;
}

result<void> source_reader::take_ini(const std::string& path,
                                     std::string_view text) {
  problems found;
  input_file file{std::make_shared<std::string>(path), found};
  read_ini_inventory(text, file, to_);
  return judged(found, path, text);
}

/// Nothing of it is shown, whatever is wrong with it.
result<void> source_reader::take_encrypted(const std::string& path,
                                           std::string_view text) {
  auto plain = open_vault(options_.secrets.get(), text, path);
  if (!plain)
    return plain.why();
  auto before = to_;
  if (take_yaml(path, text)) {
    wipe(*plain);
    return {};
  }
  to_ = std::move(before);
  problems found;
  input_file file{std::make_shared<std::string>(path), found};
  read_ini_inventory(*plain, file, to_);
  wipe(*plain);
  if (!found.empty())
    return error{errc::invalid_argument,
                 fmt::format("{}: what is encrypted there cannot be read: "
                             "'troupe vault view' shows it",
                             path)};
  for (auto& each : to_.groups())
    remember_written(each.vars, path);
  for (auto& each : to_.hosts())
    remember_written(each.vars, path);
  return {};
}

void source_reader::remember_written(
  const std::vector<inventory_data::source_vars>& vars,
  const std::string& path) const {
  for (auto& each : vars)
    if (each.file && *each.file == path)
      remember_values(value{each.vars}, *options_.secrets);
}

result<void> source_reader::take_yaml(const std::string& path,
                                      std::string_view text) {
  auto document
    = read_vars_document(text, path, reading_of(options_, warnings_));
  if (!document)
    return document.why();
  problems found;
  input_file file{std::make_shared<std::string>(path), found};
  if (document->is_null())
    return error{errc::invalid_argument,
                 fmt::format("{}: there is nothing in it", path)};
  auto size = warnings_.size();
  read_yaml_inventory(*document, file, to_, warnings_);
  if (!found.empty())
    warnings_.resize(size);
  return judged(found, path, text);
}

} // namespace troupe
