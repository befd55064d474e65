#include "modules/support/accounts/account_tables.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

int64_t field_number(const std::vector<std::string>& fields, size_t at) {
  int64_t out = -1;
  if (at < fields.size())
    std::from_chars(fields[at].data(), fields[at].data() + fields[at].size(),
                    out);
  return out;
}

} // namespace

result<std::vector<std::vector<std::string>>>
account_table(const std::string& path, const module_context& ctx) {
  auto text = ctx.machine.files().read(path);
  if (!text)
    return text.why();
  std::vector<std::vector<std::string>> out;
  for (auto& line : split_text(*text, '\n'))
    if (!line.empty())
      out.push_back(split_text(line, ':'));
  return out;
}

std::optional<std::vector<std::string>> account_row(const std::string& path,
                                                    std::string_view name,
                                                    const module_context& ctx) {
  auto rows = account_table(path, ctx);
  if (!rows)
    return std::nullopt;
  auto at = std::find_if(rows->begin(), rows->end(),
                         [&](auto& row) { return row[0] == name; });
  return at == rows->end() ? std::nullopt : std::optional{std::move(*at)};
}

std::optional<shadow_entry> shadow_of(std::string_view user,
                                      const module_context& ctx) {
  auto row = account_row("/etc/shadow", user, ctx);
  if (!row || row->size() < 2)
    return std::nullopt;
  return shadow_entry{(*row)[1], field_number(*row, 3), field_number(*row, 4),
                      field_number(*row, 7)};
}

std::vector<std::string> groups_naming(std::string_view user,
                                       const module_context& ctx) {
  std::vector<std::string> out;
  auto rows = account_table("/etc/group", ctx);
  if (!rows)
    return out;
  for (auto& row : *rows) {
    if (row.size() < 4)
      continue;
    auto members = split_text(row[3], ',');
    if (std::find(members.begin(), members.end(), user) != members.end())
      out.push_back(row[0]);
  }
  return out;
}

std::optional<group_account> group_meant(const std::string& text,
                                         const module_context& ctx) {
  uint32_t number = 0;
  auto end = text.data() + text.size();
  auto [at, code] = std::from_chars(text.data(), end, number);
  if (code == std::errc{} && at == end)
    if (auto found = ctx.machine.accounts().group(number))
      return found;
  return ctx.machine.accounts().group(text);
}

result<void> check_account_name(std::string_view kind, std::string_view name) {
  if (!name.empty() && is_one_line(name) && name[0] != '-' && name[0] != ' '
      && name.find_first_of(":/") == std::string_view::npos)
    return {};
  return error{errc::invalid_argument,
               fmt::format("'{}' cannot be the name of a {}", name, kind)};
}

result<bool> is_local_account(const std::string& path, std::string_view name,
                              const module_context& ctx) {
  auto rows = account_table(path, ctx);
  if (!rows)
    return rows.why();
  return std::any_of(rows->begin(), rows->end(),
                     [&](auto& row) { return row[0] == name; });
}

} // namespace troupe
