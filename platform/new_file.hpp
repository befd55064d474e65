#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// A file that is written piece by piece. It must not be there yet, and no
/// link is followed to it; closed with this object.
class new_file {
public:
  static result<new_file> create(const std::string& path, uint32_t mode);
  new_file(new_file&& other) noexcept;
  ~new_file();

  result<void> write(std::string_view bytes);

  /// Appends the content of another file, inside the kernel where it can.
  result<void> append_file(const std::string& source);

  /// Gives the file its permissions, whatever the umask is, and closes it.
  result<void> close(uint32_t mode);

private:
  new_file(std::string path, int fd);

  std::string path_;
  int fd_;
};

/// Makes a folder that only its owner may enter; it must not be there yet.
result<void> make_private_folder(const std::string& path);

/// Writes `bytes` over what is at `offset` of an existing file.
result<void> overwrite_part(const std::string& path, uint64_t offset,
                            std::string_view bytes);

/// `length` bytes from `offset` of a file; an error when it ends before.
result<std::string> read_part(const std::string& path, uint64_t offset,
                              size_t length);

/// Removes a file if it is there; what cannot be removed stays.
void discard_file(const std::string& path);

/// Gives a file another name on the same file system, at once. Only regular
/// files and links make way for it.
result<void> rename_file(const std::string& from, const std::string& to);

/// The size of a regular file in bytes.
result<uint64_t> size_of_file(const std::string& path);

/// SHA-256 in hex of `length` bytes from `offset` of a file.
result<std::string> digest_of_part(const std::string& path, uint64_t offset,
                                   uint64_t length);

} // namespace troupe
