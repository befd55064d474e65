#pragma once

#include "config/language/python/regex.hpp"
#include "modules/module.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Which files `find` lists.
struct file_wish {
  using patterns = std::vector<std::shared_ptr<const regex>>;

  patterns names;
  patterns excluded;
  /// What a file has to hold; null: anything.
  std::shared_ptr<const regex> contains;
  bool whole_content = false;
  /// Seconds and bytes; negative: at most.
  std::optional<int64_t> age;
  std::optional<int64_t> size;
  std::string age_stamp;
  std::string file_type;
  /// 0: as deep as it goes.
  int64_t depth = 0;
  bool recurse = false;
  bool hidden = false;
  bool follow = false;
  bool with_checksum = false;
};

/// Reads the arguments of `find`.
result<file_wish> read_file_wish(const arguments& args);

/// Goes through folders and describes what is wished for.
class file_finder {
public:
  /// More are an error (`exhausted`).
  static constexpr size_t most_found = 100'000;
  static constexpr size_t deepest = 200;

  file_finder(const file_wish& wish, const module_context& ctx);

  /// Lists what lies in a folder; `not_found` or `permission_denied` when that
  /// cannot be looked into. Folders below that cannot are passed over.
  result<void> look_into(const std::string& folder);

  list take_found() {
    return std::move(found_);
  }

  /// How many names were seen.
  size_t examined() const {
    return examined_;
  }

private:
  result<void> folder(const std::string& path, size_t depth);
  result<void> entry(const std::string& path, const std::string& name,
                     size_t depth, std::vector<std::string>& below);
  result<bool> is_wanted(const std::string& path, const std::string& name,
                         const file_status& status) const;
  result<bool> has_wanted_name(const std::string& name) const;
  bool has_wanted_age(const file_status& status) const;
  result<bool> has_wanted_content(const std::string& path) const;

  const file_wish& wish_;
  const module_context& ctx_;
  double now_ = 0;
  size_t examined_ = 0;
  list found_;
  // Folders on the way, so that links do not lead in a circle.
  std::set<std::pair<uint64_t, uint64_t>> above_;
};

} // namespace troupe
