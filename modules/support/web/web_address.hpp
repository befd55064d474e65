#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The address of something that a web server has.
struct web_address {
  bool encrypted = false;
  /// A name, or a number without brackets.
  std::string host;
  uint16_t port = 80;
  /// Path and query, as they are sent.
  std::string target;
  /// What stands before the host, without percent signs.
  std::optional<std::string> user;
  std::optional<std::string> password;

  /// Host and port as they are written; the usual port is left out.
  std::string place() const;
  /// The whole, without user, password and fragment.
  std::string text() const;
};

/// Reads `http://...` and `https://...`; other schemes are an error
/// (`unsupported`), and so is what a server could take for something else:
/// blanks and control characters. Bytes beyond ASCII are escaped.
result<web_address> read_address(std::string_view url);

/// The address that one means who stands at `from`.
result<std::string> resolve_address(const web_address& from,
                                    std::string_view to);

/// The last name of the path of an address, without escapes; "index.html" when
/// there is none.
std::string name_in_address(std::string_view url);

/// Text with `%20` and the like read as the bytes that they stand for.
std::string without_escapes(std::string_view text);

} // namespace troupe
