#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A host as people write it: `web1`, `web1:2222`, `192.0.2.1`,
/// `[2001:db8::1]:22`, with ranges or without.
struct host_address {
  std::string name;
  std::optional<uint32_t> port;
};

/// Nothing when the text is neither the name of a host nor an address.
std::optional<host_address> parse_address(std::string_view text);

/// Bytes of the name of a host, and of the text with ranges that it is made of.
constexpr size_t longest_host_name = 500;

/// The names that a text with ranges stands for: `db-[a:c]`, `web[01:10]`,
/// `node[0:9:3]`, several of them one after another; the text itself when there
/// is none. Bounds that begin with a zero are as wide. Fails for what is no
/// range, and beyond `longest_host_name` and `inventory_data::most_hosts`.
result<std::vector<std::string>> expand_ranges(std::string_view text);

} // namespace troupe
