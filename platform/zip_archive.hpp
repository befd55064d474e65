#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// One file inside a ZIP archive.
struct zip_member {
  /// As the archive has it: may hold any bytes.
  std::string name;
  /// Bytes of the content.
  uint64_t size = 0;
  /// Bytes it takes inside the archive.
  uint64_t packed = 0;
  /// Permission bits: 0777.
  uint32_t mode = 0644;
  /// False for links, folders and anything else that is no plain file.
  bool regular = true;
  /// Compressed; otherwise stored as it is.
  bool deflated = false;
};

/// Reads a ZIP archive that may stand behind something else in its file.
/// Content is streamed; memory does not depend on the size of a member.
class zip_reader {
public:
  static result<zip_reader> open(const std::string& path);
  zip_reader(zip_reader&&) noexcept;
  ~zip_reader();

  /// How many members the archive says it has.
  uint64_t member_count() const;

  /// Goes to the first member, then to the next one; false behind the last.
  result<bool> next();

  const zip_member& current() const;

  /// Where the entry of the current member stands in the archive's list.
  uint64_t entry_offset() const;

  /// Gives the content of the current member to `take`, piece by piece; an
  /// error from it ends the reading. Checks the archive's own checksum.
  result<void> read(const std::function<result<void>(std::string_view)>& take);

private:
  struct state;
  explicit zip_reader(std::unique_ptr<state> opened);
  std::unique_ptr<state> state_;
};

/// Writes a ZIP archive behind what is in a file; its offsets count from the
/// start of that file, so that any tool can read it. The same members give the
/// same bytes: no times are written.
class zip_writer {
public:
  /// `path` must exist.
  static result<zip_writer> behind(const std::string& path);
  zip_writer(zip_writer&&) noexcept;
  ~zip_writer();

  /// Starts a member; `packed` and `regular` are not looked at, `size` only
  /// says whether large numbers are needed.
  result<void> begin(const zip_member& what);
  result<void> write(std::string_view bytes);
  result<void> end();

  /// Writes the list of members and the comment, which must be text.
  result<void> finish(const std::string& comment);

private:
  struct state;
  explicit zip_writer(std::unique_ptr<state> opened);
  std::unique_ptr<state> state_;
};

} // namespace troupe
