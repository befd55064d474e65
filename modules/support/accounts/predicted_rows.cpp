#include "modules/support/accounts/predicted_rows.hpp"

#include "modules/support/accounts/account_tables.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

using table = std::vector<std::vector<std::string>>;

void write(const std::string& path, const table& rows,
           const module_context& ctx) {
  std::string text;
  for (auto& row : rows)
    text += fmt::format("{}\n", fmt::join(row, ":"));
  // Who may not write it could not run the program either, and hears so then.
  static_cast<void>(ctx.machine.files().replace(path, text, {}));
}

auto row_of(table& rows, const std::string& name) {
  return std::find_if(rows.begin(), rows.end(),
                      [&](auto& row) { return row[0] == name; });
}

/// A line of which nothing is known.
std::vector<std::string> new_row(const std::string& path,
                                 const std::string& name) {
  constexpr size_t shadow_fields = 9;
  std::vector<std::string> out{name};
  if (path != shadow_file)
    return out;
  out.resize(shadow_fields);
  out[1] = "!";
  return out;
}

} // namespace

void predict_row(const std::string& path, const std::string& name,
                 std::optional<std::vector<std::string>> row,
                 const module_context& ctx) {
  if (!ctx.predicted)
    return;
  auto rows = account_table(path, ctx);
  if (!rows)
    return;
  auto at = row_of(*rows, name);
  auto known = at != rows->end();
  if (row ? known && *at == *row : !known)
    return;
  if (!row)
    rows->erase(at);
  else if (known)
    *at = *std::move(row);
  else
    rows->push_back(*std::move(row));
  write(path, *rows, ctx);
}

void predict_field(const std::string& path, const std::string& name,
                   size_t field, const std::string& text,
                   const module_context& ctx) {
  if (!ctx.predicted)
    return;
  auto row = account_row(path, name, ctx).value_or(new_row(path, name));
  if (row.size() <= field)
    row.resize(field + 1);
  row[field] = text;
  predict_row(path, name, std::move(row), ctx);
}

void predict_members(const std::string& user,
                     const std::set<std::string>& added,
                     const std::set<std::string>& gone,
                     const module_context& ctx) {
  constexpr size_t members_at = 3;
  if (!ctx.predicted || (added.empty() && gone.empty()))
    return;
  auto rows = account_table(group_file, ctx);
  if (!rows)
    return;
  for (auto& row : *rows) {
    auto joins = added.contains(row[0]);
    if (!joins && !gone.contains(row[0]))
      continue;
    row.resize(std::max(row.size(), members_at + 1));
    auto members = split_text(row[members_at], ',');
    std::erase_if(members,
                  [&](auto& each) { return each.empty() || each == user; });
    if (joins)
      members.push_back(user);
    row[members_at] = fmt::format("{}", fmt::join(members, ","));
  }
  write(group_file, *rows, ctx);
}

} // namespace troupe
