#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What the language's tests and lookups ask of a file of this host.
struct file_facts {
  enum class form : uint8_t { regular, folder, link, other };
  form kind = form::other;
  uint64_t device = 0;
  uint64_t inode = 0;
  uint32_t owner = 0;
};

/// Nothing when there is no such file. A link itself unless `follow`.
std::optional<file_facts> look_at(const std::string& path, bool follow = true);

/// The file behind an open descriptor of this program.
std::optional<file_facts> look_at_descriptor(int number);

/// Regular files that match a shell pattern, as the file system lists them.
std::vector<std::string> matching_files(const std::string& pattern);

/// The home folder of a user; of this one when `user` is empty.
std::optional<std::string> home_folder(const std::string& user);

/// The name of a user; the number when there is none.
std::string user_name(uint32_t number);

/// What this host calls itself.
std::string host_name();

} // namespace troupe
