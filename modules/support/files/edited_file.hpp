#pragma once

#include "modules/module.hpp"
#include "modules/support/files/file_content.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Longer files are not edited.
inline constexpr size_t longest_edited = size_t{64} << 20;

/// A file that a module changes in places: what `lineinfile`, `blockinfile`,
/// `replace` and `ini_file` have in common. It is read once, and written once
/// if it changes. Links at its path are followed.
class edited_file {
public:
  /// `request` says the path, the attributes, backup and validate.
  edited_file(content_request request, const module_context& ctx)
      : in_{std::move(request)}, ctx_{ctx} {
  }

  /// Looks at the file and reads it; until this object is gone, other tasks
  /// that change it wait. A missing one is none; that it is a folder
  /// or no plain file is a failure.
  result<void> open();

  /// What a task ends with whose file `open` refused; a folder has the `rc`
  /// that Ansible gives it.
  module_result refusal(const error& why) const;

  bool exists() const {
    return status_.has_value();
  }

  /// Empty when it does not exist.
  const std::string& content() const {
    return content_;
  }

  /// Makes the folders above it that are missing.
  result<void> make_folder();

  /// Puts `next` in its place (absent: the content stays), sees to the
  /// attributes and reports both as Ansible does: changed, msg, diff.
  module_result finish(std::optional<std::string_view> next, std::string msg);

  /// The copy of the old file is reported as `backup_file`, not as `backup`,
  /// which is there without a copy too.
  bool names_backup_file = false;
  /// The same, and the diff is of the content alone, if that changes.
  bool is_plain = false;

private:
  result<void> write(std::string_view next);
  result<bool> adjust(dict& diff, bool written);
  file_status fresh() const;
  void report(std::optional<std::string_view> next, dict attributes);

  content_request in_;
  const module_context& ctx_;
  std::optional<file_status> status_;
  std::string target_;
  bool is_link_ = false;
  bool is_free_of_links_ = false;
  std::string content_;
  std::string backup_;
  std::shared_ptr<void> turn_;
  module_result out_;
};

/// What a task ends with that has no file to edit at `path`, which `noun` is
/// for; with the `rc` that Ansible gives it.
module_result nothing_to_edit(std::string_view noun, const std::string& path);

} // namespace troupe
