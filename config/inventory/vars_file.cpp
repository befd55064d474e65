#include "config/inventory/vars_file.hpp"

#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_text.hpp"
#include "config/vault/opened_text.hpp"
#include "config/vault/vault.hpp"
#include "platform/crypto.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 4> endings{"", ".yml", ".yaml", ".json"};

// Folders of variables inside one another, and files in all of them.
constexpr unsigned most_vars_folders = 20;
constexpr size_t most_files = 10'000;

/// The ending of a name, with its dot; a dot at the beginning makes none.
std::string_view ending_of(std::string_view name) {
  auto dot = name.rfind('.');
  auto first = name.find_first_not_of('.');
  return dot == name.npos || first == name.npos || dot < first
           ? std::string_view{}
           : name.substr(dot);
}

bool is_vars_ending(std::string_view ending) {
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

result<value> keep_encrypted(std::string_view text) {
  return value{dict{{"__ansible_vault", text}}};
}

class file_search {
public:
  explicit file_search(host& machine) : files_{machine.files()} {
  }

  result<void> take_folder(const std::string& path, unsigned depth) {
    if (depth > most_vars_folders)
      return error{errc::exhausted,
                   fmt::format("{}: nested deeper than {} folders", path,
                               most_vars_folders)};
    auto names = files_.list(path);
    if (!names)
      return names.why();
    for (auto& name : *names)
      if (!name.starts_with('.') && !name.ends_with('~'))
        if (auto done = take_entry(fmt::format("{}/{}", path, name),
                                   ending_of(name), depth);
            !done)
          return done;
    return {};
  }

  std::vector<std::string> found;

private:
  file_system& files_;

  result<void> take_entry(const std::string& path, std::string_view ending,
                          unsigned depth) {
    auto there = files_.status(path, true);
    if (!there)
      return there.why();
    if (!*there)
      return {};
    if ((*there)->kind == file_kind::directory)
      return ending.empty() ? take_folder(path, depth + 1) : result<void>{};
    if (!is_vars_ending(ending))
      return {};
    if (found.size() >= most_files)
      return error{
        errc::exhausted,
        fmt::format("{}: more than {} files of variables", path, most_files)};
    found.push_back(path);
    return {};
  }
};

} // namespace

std::string_view vars_owner(std::string_view entry) {
  if (entry.starts_with('.') || entry.ends_with('~'))
    return {};
  auto ending = ending_of(entry);
  // A name without an ending of these is one as a whole, as that of a host is.
  return is_vars_ending(ending) ? entry.substr(0, entry.size() - ending.size())
                                : entry;
}

result<std::vector<std::string>> find_vars_files(host& machine,
                                                 const std::string& folder,
                                                 std::string_view name) {
  file_search search{machine};
  for (auto ending : endings) {
    auto path = fmt::format("{}/{}{}", folder, name, ending);
    auto there = machine.files().status(path, true);
    if (!there)
      return there.why();
    if (!*there)
      continue;
    if ((*there)->kind != file_kind::directory)
      return std::vector{path};
    if (auto done = search.take_folder(path, 1); !done)
      return done.why();
    break;
  }
  return std::move(search.found);
}

namespace {

plan_limits
limits_for(const std::function<result<value>(std::string_view)>& opener) {
  plan_limits out;
  out.last_key_wins = true;
  out.vault = &opener;
  return out;
}

} // namespace

result<value> read_vars_document(std::string_view text, const std::string& path,
                                 const vars_reading& how) {
  std::function<result<value>(std::string_view)> opener
    = how.keep ? keep_encrypted : value_opener(how.secrets);
  auto limits = limits_for(opener);
  limits.last_key_wins = !how.refuses_twice;
  if (!is_vault_text(text)) {
    limits.passed_over = how.twice;
    return trimmed(text).empty() ? result<value>{value{}}
                                 : parse_plan(text, path, limits);
  }
  auto plain = open_vault(how.secrets, text, path);
  if (!plain)
    return plain.why();
  auto out = parse_opened(*plain, path, limits);
  wipe(*plain);
  if (out)
    remember_values(*out, *how.secrets);
  return out;
}

result<dict> read_vars_text(std::string_view text, const std::string& path,
                            const vars_reading& how) {
  auto document = read_vars_document(text, path, how);
  if (!document)
    return document.why();
  if (document->is_null())
    return dict{};
  if (!document->is_dict())
    return error{errc::type, fmt::format("{}: expected names and values, found "
                                         "{}",
                                         path, type_name(*document))};
  return document->as_dict();
}

result<dict> read_vars_file(host& machine, const std::string& path,
                            const vars_reading& how) {
  auto text = machine.files().read(path, longest_source);
  if (!text)
    return text.why();
  return read_vars_text(*text, path, how);
}

} // namespace troupe
