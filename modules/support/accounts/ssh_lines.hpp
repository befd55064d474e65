#pragma once

#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// A line of a file of authorized keys.
struct ssh_key_line {
  /// The key itself; of a line that is none, all of it with its end.
  std::string key;
  /// Empty: it is no key.
  std::string kind;
  /// Name and value; those without a value have none.
  std::vector<std::pair<std::string, std::optional<std::string>>> options;
  std::string comment;

  bool is_key() const {
    return !kind.empty();
  }
};

/// Absent when it holds no kind of key that ssh knows.
std::optional<ssh_key_line> parse_key_line(std::string_view line);

/// Options as they stand before a key: `from="10.*",no-pty`.
decltype(ssh_key_line::options) parse_key_options(std::string_view text);

/// The line as it is written, with its end.
std::string key_line_text(const ssh_key_line& line);

/// Whether the options are the same, whatever the order of different ones.
bool same_key_options(const ssh_key_line& x, const ssh_key_line& y);

/// A line of a file of known hosts.
struct known_host_line {
  /// "@cert-authority", "@revoked" or empty.
  std::string marker;
  /// Names with commas and patterns, or a hash.
  std::string hosts;
  std::string kind;
  std::string key;

  bool is_hashed() const {
    return hosts.starts_with("|1|");
  }
};

/// Absent for comments and what is no such line.
std::optional<known_host_line> parse_known_host(std::string_view line);

/// Whether ssh would take the line for this host, whose name is in lower case.
bool is_known_as(const known_host_line& line, const std::string& host);

/// The name hidden as ssh hides it, by bytes of chance.
result<std::string> hidden_host(const std::string& host);

} // namespace troupe
