#pragma once

#include "platform/simulated/simulated_host.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A line of a file of accounts, cut at its colons.
using account_fields = std::vector<std::string>;

std::vector<std::string> cut_at(std::string_view text, char mark);

/// Days since 1970 of a date such as "2024-01-31"; empty when it is none.
std::string day_number(const std::string& date);

/// The accounts of a simulated host as its files have them.
class account_rows {
public:
  /// Reads the files; those that are missing follow from the accounts.
  explicit account_rows(simulated_host& machine);

  /// Writes the files, and makes the accounts what they say.
  void save();

  /// By its name for getent; null: there is none.
  std::vector<account_fields>* table(std::string_view name);

  account_fields* user(std::string_view name);
  account_fields* group(std::string_view name_or_number);
  account_fields* shadow(std::string_view name);

  /// Adds or removes a member.
  static void set_member(account_fields& group, const std::string& user,
                         bool in);

  /// The first number from `from` on that no row of `table` has.
  static uint32_t free_number(const std::vector<account_fields>& table,
                              uint32_t from);
  static bool has_number(const std::vector<account_fields>& table,
                         const std::string& number);

  std::vector<account_fields> users;
  std::vector<account_fields> groups;
  std::vector<account_fields> shadows;

private:
  std::vector<account_fields> read(const char* path);
  void write(const char* path, const std::vector<account_fields>& table);

  simulated_host& machine_;
};

} // namespace troupe
