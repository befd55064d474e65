#pragma once

#include "platform/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

enum class file_kind : uint8_t {
  regular,
  directory,
  symlink,
  fifo,
  socket,
  block_device,
  character_device,
};

/// A kind with its article, for messages: "a FIFO".
const char* name_of(file_kind kind);

/// So many bytes may a file have that people write for a run: a plan, its
/// variables, tasks or templates, settings, a list of hosts. A plan may have as
/// many as the setting `plan_size_limit` says, which by default is the same.
constexpr size_t longest_source = size_t{256} << 20U;

/// A point in time as file systems keep it.
struct file_time {
  /// Since the epoch.
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;

  bool operator==(const file_time&) const = default;
};

/// The nearest one before `seconds` since the epoch.
file_time to_file_time(double seconds);
double to_seconds(const file_time& time);

/// What `lstat` or `stat` says of a path.
struct file_status {
  file_kind kind = file_kind::regular;
  /// Permission bits with set-user-id, set-group-id and sticky: 07777.
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t size = 0;
  uint64_t inode = 0;
  uint64_t device = 0;
  uint64_t links = 0;
  uint64_t blocks = 0;
  uint64_t block_size = 0;
  uint64_t device_type = 0;
  /// Seconds since the epoch.
  double accessed = 0;
  double modified = 0;
  double changed = 0;
  /// The same two, exactly.
  file_time accessed_at = {};
  file_time modified_at = {};
  /// When the file was made, which nobody can set; all zero where the file
  /// system does not know. Inodes are used again, for other files.
  file_time born_at = {};
};

/// Whether both are about one file, whatever its names are.
bool is_same_file(const file_status& x, const file_status& y);

/// An entry that a file system keeps beside a file: of its access list, its
/// capabilities, its label, or of a user.
struct extended_attribute {
  std::string name;
  std::string content;

  bool operator==(const extended_attribute&) const = default;
};

/// How an existing file shall look but for its content.
struct file_dress {
  uint32_t mode = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::optional<file_time> modified = {};
  /// Exactly these; absent: as they are.
  std::optional<std::vector<extended_attribute>> attributes = {};
  /// As `file_system::flags` has them; absent: as they are.
  std::optional<std::string> flags = {};
};

/// How a new or replaced file shall be; absent means: keep what the replaced
/// file has, or the default for a new one.
struct file_attributes {
  std::optional<uint32_t> mode = {};
  std::optional<uint32_t> uid = {};
  std::optional<uint32_t> gid = {};
  /// Write into the existing file when the system does not let it be replaced
  /// (a bind mount, say); a reader may then see half of the content.
  bool in_place_if_needed = false;
};

/// A file whose content is wanted.
struct file_source {
  /// One that a path leads to, whichever that is; implicit, for most have no
  /// more to say.
  file_source(std::string of) : path{std::move(of)} {
    // nop
  }
  file_source(const char* of) : path{of} {
    // nop
  }
  /// The file that `looked_at` is about: another one that the path leads to by
  /// now is a failure.
  file_source(std::string of, file_status looked_at)
      : path{std::move(of)}, expected{looked_at} {
    // nop
  }

  std::string path;
  std::optional<file_status> expected;
};

/// The files of a host. Every failure names the path and the system's words.
/// A path that holds a NUL byte is refused (`invalid_argument`).
class file_system {
public:
  virtual ~file_system() = default;

  /// The same files for one who has looked already and knows that a path has
  /// no symbolic links: whoever puts one in the way since makes every function
  /// fail. A link at the end is meant itself; where `follow` is asked for, that
  /// fails too. Lives as long as this.
  virtual file_system& without_links() = 0;

  /// Absent when nothing is there; an error when that cannot be known.
  /// `follow`: look through a symbolic link.
  virtual result<std::optional<file_status>> status(const std::string& path,
                                                    bool follow)
    = 0;

  /// The whole content of a regular file; an error when it is longer than
  /// `limit`. Never waits: FIFOs, sockets, terminals and other devices are
  /// refused (`invalid_argument`), but /dev/null, which is empty. So do all
  /// functions here that read.
  virtual result<std::string> read(const std::string& path,
                                   size_t limit = size_t{1} << 30)
    = 0;

  /// The same of what the user has named on the command line: there a name of
  /// what this process has open (`/dev/stdin`, `/dev/fd/63` of a shell's `<()`)
  /// may be a pipe or a terminal as well, and is waited for.
  virtual result<std::string> read_stream(const std::string& path,
                                          size_t limit = longest_source)
    = 0;

  /// Replaces `path` atomically by a file with `content`: a temporary file in
  /// the same folder gets its owner and mode before its name. Keeps owner and
  /// mode of the replaced file where `wanted` is silent; a new file gets 0666
  /// less the umask. The old file stays intact on any failure. FIFOs, sockets
  /// and devices are never replaced (`invalid_argument`).
  /// `validate` (may be empty) is called with the temporary file's path before
  /// the rename; an error from it ends the replacement.
  virtual result<void>
  replace(const std::string& path, std::string_view content,
          const file_attributes& wanted,
          const std::function<result<void>(const std::string&)>& validate = {})
    = 0;

  /// The same with the content of the file `source`, streamed.
  virtual result<void>
  replace_from(const std::string& path, const file_source& source,
               const file_attributes& wanted,
               const std::function<result<void>(const std::string&)>& validate
               = {})
    = 0;

  /// Writes a file that the user has named for output: links are followed, a
  /// regular file is replaced, what is none (a terminal, a pipe with a reader,
  /// a device) is written into, and so is what the process has open already
  /// ("/dev/stdout"). Fails when a pipe takes nothing for a minute.
  virtual result<void> write_output(const std::string& path,
                                    std::string_view content)
    = 0;

  /// Whether `write_output` can write there, as far as that can be known
  /// before; what is there stays as it is. What would be written into is open
  /// as long as the answer lives, so that a pipe keeps its reader; one without
  /// any is given a second.
  virtual result<std::shared_ptr<void>> try_output(const std::string& path) {
    static_cast<void>(path);
    return std::shared_ptr<void>{};
  }

  virtual result<void> make_directory(const std::string& path, uint32_t mode)
    = 0;
  virtual result<void> remove(const std::string& path) = 0;
  /// Removes a tree without following links.
  virtual result<void> remove_all(const std::string& path) = 0;
  virtual result<void> rename(const std::string& from, const std::string& to)
    = 0;
  virtual result<void> make_symlink(const std::string& target,
                                    const std::string& path)
    = 0;
  virtual result<void> make_hard_link(const std::string& target,
                                      const std::string& path)
    = 0;
  virtual result<std::string> read_link(const std::string& path) = 0;
  /// Names in a folder, sorted, without `.` and `..`.
  virtual result<std::vector<std::string>> list(const std::string& path) = 0;
  /// Of the file itself: links have no mode, and one at the end, which somebody
  /// may have just put there, is a failure.
  virtual result<void> set_mode(const std::string& path, uint32_t mode) = 0;
  /// Owner and group; a symbolic link itself unless `follow`.
  virtual result<void> set_owner(const std::string& path,
                                 std::optional<uint32_t> uid,
                                 std::optional<uint32_t> gid, bool follow)
    = 0;
  /// Absent keeps what is there.
  virtual result<void> set_times(const std::string& path,
                                 std::optional<file_time> accessed,
                                 std::optional<file_time> modified, bool follow)
    = 0;
  /// Creates an empty file if there is none.
  virtual result<void> touch(const std::string& path, uint32_t mode) = 0;
  /// The path with all links resolved; an error when it does not exist.
  virtual result<std::string> real_path(const std::string& path) = 0;
  /// The folder in which relative paths begin.
  virtual std::string working_folder() = 0;
  /// Whether the account of this program may do it: any of "rwx".
  virtual bool access(const std::string& path, std::string_view how) = 0;
  /// The umask of this program.
  virtual uint32_t umask() = 0;
  /// Paths that match a shell pattern, sorted.
  virtual std::vector<std::string> glob(const std::string& pattern) = 0;
  /// Opens the regular file and compares: whether it holds exactly `content`.
  /// False when it is missing or cannot be read.
  virtual bool holds(const std::string& path, std::string_view content) = 0;
  /// The first bytes of a file, `length` at most.
  virtual result<std::string> read_start(const std::string& path, size_t length)
    = 0;
  /// Whether the regular file begins with `mark`.
  virtual bool starts_with(const std::string& path, std::string_view mark) = 0;
  /// The flags that `lsattr` shows ("e", "ia", ...); an error where the file
  /// system has none.
  virtual result<std::string> flags(const std::string& path) = 0;
  virtual result<void> set_flags(const std::string& path,
                                 const std::string& flags)
    = 0;
  /// Whether this system labels files for SELinux.
  virtual bool labels_files() = 0;
  /// The SELinux label of a path ("user:role:type:level").
  virtual result<std::string> label(const std::string& path) = 0;
  virtual result<void> set_label(const std::string& path,
                                 const std::string& label)
    = 0;
  /// All of a path that the account of this program may see, a link's own.
  virtual result<std::vector<extended_attribute>>
  extended_attributes(const std::string& path) = 0;
  /// Dresses the file at a path without links, if it is `expected` and not one
  /// that was put in its place (`not_found`).
  virtual result<void> dress(const std::string& path,
                             const file_status& expected,
                             const file_dress& wanted)
    = 0;
  /// A path in the same folder that nothing has and nobody can guess.
  virtual std::string unused_beside(const std::string& path) = 0;
  /// A digest in hex: "md5", "sha1", "sha224", "sha256", "sha384", "sha512".
  virtual result<std::string> digest(const std::string& path,
                                     std::string_view algorithm)
    = 0;
  /// Gives two paths what the other had, at once: `unsupported` where the
  /// system cannot.
  virtual result<void> exchange(const std::string& one,
                                const std::string& other);
  /// Renames `from`, unless something has the name `to` already: then nothing
  /// happens, and it is an error.
  virtual result<void> rename_new(const std::string& from,
                                  const std::string& to);
};

/// Makes a folder and those above it that are missing, for the owner only.
result<void> make_private_folders(file_system& files, const std::string& path);

/// How the names of the copies begin that process `number` makes beside the
/// files it replaces, until they get the name of the file.
std::string replacement_prefix(int number);

/// The number of the process that made a copy of this name; nothing when it is
/// no such name.
std::optional<int> replacement_owner(std::string_view name);

/// A digest of bytes in hex; the same algorithms.
result<std::string> digest_of(std::string_view bytes,
                              std::string_view algorithm);

} // namespace troupe
