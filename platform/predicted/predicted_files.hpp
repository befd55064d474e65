#pragma once

#include "platform/accounts.hpp"
#include "platform/clock.hpp"
#include "platform/predicted/predicted_tree.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// The files of a machine as they would be had a run done what it predicts:
/// whatever is changed here is only remembered, in a `predicted_tree` that all
/// who predict for the run share. Nothing is ever written to the machine but
/// below `outside`, a folder for temporary files that is nobody's concern.
class predicted_files final : public file_system {
public:
  predicted_files(file_system& machine, account_database& accounts,
                  clock_source& clock, predicted_tree& tree,
                  std::string outside)
      : machine_{machine}, accounts_{accounts}, clock_{clock}, tree_{tree},
        outside_{std::move(outside)} {
  }

  /// Remembers that a program would have made something at a path.
  void claim(const std::string& path);

  /// See `predicted_host`.
  bool predicts(const std::string& path);
  void expect_folder(const std::string& path);
  void expect_file(const std::string& path, const file_attributes& as,
                   uint64_t size, file_time modified);
  bool is_vague(const std::string& path);
  bool differs(const std::string& path, bool below);

  void miss() {
    missed_ = true;
  }

  bool has_missed() const {
    return missed_;
  }

  bool has_met_vague() const {
    return met_vague_;
  }

  /// Itself: nothing is changed, so nobody is led anywhere.
  file_system& without_links() override;
  result<std::optional<file_status>> status(const std::string& path,
                                            bool follow) override;
  result<std::string> read(const std::string& path, size_t limit) override;
  result<std::string> read_stream(const std::string& path,
                                  size_t limit) override;
  /// `validate` is shown a real file, in the folder for temporary ones; where
  /// there is none it is not called.
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
  /// Of all but folders.
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
  /// Where a path leads.
  struct place {
    /// Free of links.
    std::string path;
    /// What is there; absent: nothing.
    std::optional<file_status> status;
    /// Null: the machine's own.
    predicted_file_ptr file;
    /// What the machine has there, if it can be seen.
    std::optional<file_status> machine;
    /// Something on the way is only predicted.
    bool predicted = false;
    /// The folder of the path is there.
    bool has_folder = true;
  };

  /// One step of the way.
  struct step {
    std::optional<file_status> status;
    predicted_file_ptr file;
    std::optional<file_status> machine;
    /// The machine's own files can be seen below.
    bool open = true;
    bool predicted = false;
  };

  class walk;

  static constexpr std::string_view kernels_own = "/proc/";

  /// "cannot OPERATION PATH", in the words of the system.
  static error refused(const char* operation, const std::string& path,
                       int number);
  static std::string folder_of(const std::string& path);
  /// Paths of which nothing is predicted: temporary files, which are really
  /// there, and what the kernel tells.
  bool passes(const std::string& path) const;
  bool is_outside(const std::string& path) const;
  result<step> look(const std::string& path, bool open);
  result<place> find(const std::string& path, bool follow);
  /// The same of what has to be there.
  result<place> need(const char* operation, const std::string& path,
                     bool follow);
  /// The path by which the machine knows what `at` is, given as `path`.
  static const std::string& machine_path(const place& at,
                                         const std::string& path);
  /// A description of what is there that can be changed.
  result<predicted_file_ptr> own(const char* operation, const std::string& path,
                                 bool follow);
  /// Whether the account may make and remove names in the folder of `at`.
  result<void> may_write(const char* operation, const place& at);
  /// Whether a flag of chattr(1) keeps even root from changing what is there.
  bool is_fixed(const place& at, std::string_view by);
  /// `own` of what no flag keeps from being changed.
  result<predicted_file_ptr> changeable(const char* operation,
                                        const std::string& path, bool follow);
  /// Whether it may change mode and times of what is there.
  result<void> may_change(const char* operation, const std::string& path,
                          const file_status& status);
  bool is_member(uint32_t gid);
  bool allows(const file_status& status, std::string_view how);
  /// A file that is made now, below the folder of `at`.
  predicted_file_ptr make(file_kind kind, uint32_t mode, const place& at);
  result<void> put(const char* operation, const place& at,
                   predicted_file_ptr made);
  result<void> take_away(const place& at);
  void set_content(predicted_file& of, std::string_view content);
  /// One that replaces what is there, still without content.
  result<std::pair<place, predicted_file_ptr>>
  replacement(const std::string& path, const file_attributes& wanted);
  result<void>
  judge(const std::string& path,
        const std::function<result<void>(const std::string&)>& validate,
        const std::function<result<void>(const std::string&)>& write);
  /// Reads what is only predicted.
  result<std::string> content_of(const predicted_file& of,
                                 const std::string& path, size_t limit);
  /// The names in a folder that match a pattern, and below them the rest.
  void expand(const std::string& folder, std::string_view rest,
              std::vector<std::string>& out);
  /// The nearest folder of the machine above a path.
  std::string nearest_folder(std::string path);
  file_time now();

  file_system& machine_;
  account_database& accounts_;
  clock_source& clock_;
  predicted_tree& tree_;
  std::string outside_;
  bool missed_ = false;
  bool met_vague_ = false;
};

} // namespace troupe
