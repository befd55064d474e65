#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// The file this process was started from. Needs no /proc where the path it
/// was started with still leads there.
result<std::string> own_executable();

/// The path that the kernel was asked to start: of a symbolic link the link
/// itself. Empty when it is not known.
std::string called_executable();

/// What the header of an executable says.
struct executable_info {
  /// Bytes that belong to the executable; what follows was appended.
  uint64_t size = 0;
  /// "x86_64", "aarch64", or "machine N" for others.
  std::string architecture;
  /// It needs no loader and no shared library.
  bool is_static = false;
};

/// Reads the header of an ELF executable of 64 bits.
result<executable_info> inspect_executable(const std::string& path);

/// Keeps the memory of this process out of core dumps and from being read by
/// other processes of the same account.
void protect_memory();

} // namespace troupe
