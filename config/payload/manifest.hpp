#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The member that lists all others; the last one of the archive.
constexpr std::string_view manifest_member = "manifest.json";

/// The folder of the payload in which the plan and its files are.
constexpr std::string_view plan_folder = "plan/";

/// One file of a payload.
struct payload_member {
  std::string name;
  uint64_t size = 0;
  /// Permission bits: 0777.
  uint32_t mode = 0644;
  /// In hex.
  std::string sha256;
};

/// What a packed runner carries.
struct payload_manifest {
  /// Of the runner, for people and for its work folder.
  std::string name;
  /// Version of the program that packed it.
  std::string packed_by;
  /// The plan's member.
  std::string plan;
  /// The host name in the plan that `pack --host` chose; may be empty.
  std::string host;
  /// Settings that stand above the plan's.
  dict settings;
  /// Extra variables of `pack --var`.
  dict vars;
  /// The member with encrypted variables; empty: none.
  std::string sealed_vars;
  /// Where variables come from at run time: name and source, as
  /// `env:NAME`, `file:PATH`, `fd:N`, `credential:NAME`.
  std::vector<std::pair<std::string, std::string>> secrets;
  /// Folders with nothing in them, which an archive of files cannot hold.
  std::vector<std::string> empty_folders;
  /// All members but the manifest itself, in the order of the archive.
  std::vector<payload_member> members;
};

value to_value(const payload_manifest& from);

/// Reads what `to_value` made. Unknown keys, wrong types and names that may
/// not be in a payload are errors.
result<payload_manifest> parse_manifest(std::string_view json);

} // namespace troupe
