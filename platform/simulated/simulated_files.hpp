#pragma once

#include "platform/files.hpp"
#include "platform/rights.hpp"
#include "platform/simulated/simulated_clock.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// Files in memory: folders, links of both kinds, owners, modes and times,
/// and failures on request.
class simulated_files final : public file_system {
public:
  /// `acting` says whose the files are that are made now; root's without.
  explicit simulated_files(simulated_clock& clock,
                           std::function<user_rights()> acting = {});

  // -- setting the scene ------------------------------------------------------

  /// Puts a file there, with the folders above it.
  void put(const std::string& path, std::string content, uint32_t mode = 0644);

  /// Makes a folder and those above it.
  void put_folder(const std::string& path);

  /// Puts a FIFO, a socket or a device there.
  void put_special(const std::string& path, file_kind kind);

  /// Lets `operation` ("replace", "read", "remove", ...) on every path that
  /// begins with `prefix` fail with the system error `number`.
  void fail(std::string operation, std::string prefix, int number);

  /// Decides of every operation on every path whether it fails, with which
  /// system error; 0: it does not.
  void befall(std::function<int(std::string_view, const std::string&)> fault);

  /// Begins with the files of `scene` instead of its own. Both share them until
  /// they are changed here, so that many hosts need the room of one.
  void begin_with(simulated_files& scene);

  /// Shows what `source` has below its folder `from` at the folder `to` as well
  /// (empty: everywhere), until something of it is changed here; `source` stays
  /// as it is, and must live as long as this. Relative paths begin where those
  /// of a source begin that is shown everywhere. Not shown is what a kernel
  /// makes: /proc, /sys, /dev and /run.
  void show(file_system& source, std::string from, std::string to);

  /// Where relative paths begin once something is shown.
  void start_in(std::string folder);

  /// Every path with its state in one line; equal texts mean equal hosts.
  std::string snapshot();

  // -- file_system ------------------------------------------------------------

  /// Itself: nobody puts links in anybody's way here.
  file_system& without_links() override;
  result<std::optional<file_status>> status(const std::string& path,
                                            bool follow) override;
  result<std::string> read(const std::string& path, size_t limit) override;
  result<std::string> read_stream(const std::string& path,
                                  size_t limit) override;
  result<void> replace(
    const std::string& path, std::string_view content,
    const file_attributes& wanted,
    const std::function<result<void>(const std::string&)>& validate) override;
  result<void> replace_from(
    const std::string& path, const file_source& source,
    const file_attributes& wanted,
    const std::function<result<void>(const std::string&)>& validate) override;
  result<void> write_output(const std::string& path,
                            std::string_view content) override;
  result<void> make_directory(const std::string& path, uint32_t mode) override;
  result<void> remove(const std::string& path) override;
  result<void> remove_all(const std::string& path) override;
  result<void> rename(const std::string& from, const std::string& to) override;
  result<void> make_symlink(const std::string& target,
                            const std::string& path) override;
  result<void> make_hard_link(const std::string& target,
                              const std::string& path) override;
  result<std::string> read_link(const std::string& path) override;
  result<std::vector<std::string>> list(const std::string& path) override;
  result<void> set_mode(const std::string& path, uint32_t mode) override;
  result<void> set_owner(const std::string& path, std::optional<uint32_t> uid,
                         std::optional<uint32_t> gid, bool follow) override;
  result<void> set_times(const std::string& path,
                         std::optional<file_time> accessed,
                         std::optional<file_time> modified,
                         bool follow) override;
  result<void> touch(const std::string& path, uint32_t mode) override;
  result<std::string> real_path(const std::string& path) override;
  std::string working_folder() override;
  bool access(const std::string& path, std::string_view how) override;
  uint32_t umask() override;
  std::vector<std::string> glob(const std::string& pattern) override;
  bool holds(const std::string& path, std::string_view content) override;
  result<std::string> read_start(const std::string& path,
                                 size_t length) override;
  bool starts_with(const std::string& path, std::string_view mark) override;
  result<std::string> flags(const std::string& path) override;
  result<void> set_flags(const std::string& path,
                         const std::string& flags) override;
  bool labels_files() override;
  result<std::string> label(const std::string& path) override;
  result<void> set_label(const std::string& path,
                         const std::string& label) override;
  result<std::vector<extended_attribute>>
  extended_attributes(const std::string& path) override;
  result<void> dress(const std::string& path, const file_status& expected,
                     const file_dress& wanted) override;
  std::string unused_beside(const std::string& path) override;
  result<std::string> digest(const std::string& path,
                             std::string_view algorithm) override;

private:
  struct node {
    file_status status;
    /// Content of a file, target of a link.
    std::string bytes;
    /// Its content is still that of the source that is shown here; null: it
    /// is in `bytes`.
    file_system* source = nullptr;
    /// Where it is there.
    std::string source_path = {};
    /// A folder that was made here: of what sources have there nothing is
    /// shown.
    bool covers = false;
    std::string flags = "e";
    std::string label = "system_u:object_r:default_t:s0";
    std::vector<extended_attribute> attributes;
  };

  struct shown_source {
    file_system* files;
    std::string from;
    std::string to;

    /// Where a path is in the source; absent: not in it.
    std::optional<std::string> inside(const std::string& path) const;
  };

  struct fault {
    std::string operation;
    std::string prefix;
    int number;
  };

  using node_pointer = std::shared_ptr<node>;
  using node_map = std::map<std::string, node_pointer>;

  /// What is at a path without links; null: nothing.
  const node* at(const std::string& real) const;
  /// The same of what sources show there.
  const node* shown_at(const std::string& real) const;
  /// Whether it, or a folder above it, is not what sources show any more.
  bool is_covered(const std::string& real) const;
  void add_shown_names(const std::string& folder,
                       std::vector<std::string>& to) const;
  static result<std::string> content_of(const node& of, size_t limit);
  void take_away(const std::string& real);
  /// Every path that begins with `prefix`, in order.
  void each_below(
    const std::string& prefix,
    const std::function<void(const std::string&, const node&)>& what) const;
  int fault_for(const char* operation, const std::string& path) const;
  /// The path with links in it resolved, the last one only if `follow`.
  result<std::string> resolve(const std::string& path, bool follow,
                              unsigned depth = 0) const;
  /// To be looked at only.
  const node* peek(const std::string& path, bool follow) const;
  result<const node*> look(const char* operation, const std::string& path,
                           bool follow) const;
  /// To be changed.
  node_pointer find(const std::string& path, bool follow);
  result<node_pointer> need(const char* operation, const std::string& path,
                            bool follow);
  result<void> insert(const char* operation, const std::string& path,
                      node_pointer made);
  node_pointer make_node(file_kind kind, uint32_t mode, std::string bytes);
  bool has_children(const std::string& folder) const;
  double now();

  simulated_clock& clock_;
  std::function<user_rights()> acting_;
  mutable std::recursive_mutex lock_;
  // Shared with others and never changed; null: none.
  std::shared_ptr<const node_map> base_;
  // What is different here; null: nothing is there any more.
  node_map nodes_;
  std::vector<shown_source> sources_;
  // Where relative paths begin.
  std::string start_ = "/";
  // What was seen of them; null: nothing is there.
  mutable node_map seen_;
  std::vector<fault> faults_;
  std::function<int(std::string_view, const std::string&)> fate_;
  uint64_t next_inode_ = 1;
  uint64_t next_name_ = 0;
};

} // namespace troupe
