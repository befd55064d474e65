#pragma once

#include "platform/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// What is sent for a request that nothing else is known of than that it is
/// wrong.
struct web_fault {
  int status = 400;
  std::string why;
};

/// A request of HTTP/1.0 or 1.1, as far as its head says.
struct server_request {
  std::string method;
  /// Without the query, its escapes undone; begins with '/'.
  std::string path;
  /// In the order of the query, escapes undone.
  std::vector<std::pair<std::string, std::string>> query;
  /// Names in small letters.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Of the peer, without a port.
  std::string address;

  /// Null when there is none; the first of several.
  const std::string* header(std::string_view name) const;
  /// Null when there is none; the last of several.
  const std::string* parameter(std::string_view name) const;
};

/// Bytes of a head, lines in it.
constexpr size_t web_head_most = size_t{16} << 10;
constexpr size_t web_headers_most = 64;

/// Where the head ends, with the empty line behind it; absent: not yet.
std::optional<size_t> end_of_web_head(std::string_view bytes);

/// Reads a head with its empty line. What two readers could take for different
/// requests is refused: folded lines, blanks before colons, two lengths,
/// control characters.
std::optional<web_fault> read_web_head(std::string_view head,
                                       server_request& to);

/// How long the body is that follows; nothing after saying what is wrong.
std::optional<uint64_t> body_length_of(const server_request& request,
                                       web_fault& wrong);

} // namespace troupe
