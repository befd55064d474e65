#pragma once

#include "config/value/source_place.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Hosts and groups, what belongs to what, and the variables that the sources
/// set. Names are unique; hosts and groups are numbered in the order in which
/// they were first named. The groups `all` and `ungrouped` are always there.
class inventory_data {
public:
  /// No more than these.
  static constexpr size_t most_hosts = 100'000;
  static constexpr size_t most_groups = 10'000;
  /// Groups below one another, `all` not counted.
  static constexpr size_t most_levels = 100;

  /// The variables that one source set.
  struct source_vars {
    source_name file;
    dict vars;
  };

  struct group {
    std::string name;
    std::vector<size_t> children;
    std::vector<size_t> parents;
    std::vector<size_t> hosts;
    std::vector<source_vars> vars;
    /// `ansible_group_priority`: of groups equally deep the higher one counts.
    int64_t priority = 1;
    /// How many groups are above, on the longest way to `all`.
    size_t depth = 0;
  };

  struct member {
    std::string name;
    /// Those that have it themselves, not those above.
    std::vector<size_t> groups;
    std::vector<source_vars> vars;
  };

  static constexpr size_t all = 0;
  static constexpr size_t ungrouped = 1;

  inventory_data();

  /// What comes next is read from there. `file` is what `inventory_file` says,
  /// null: nothing; `shown` is what places are in.
  void begin_source(std::optional<std::string> file, source_name shown);

  /// Signs in names of groups that no variable may have become `_`.
  void replace_signs() {
    replaces_signs_ = true;
  }

  /// Whether there was such a sign.
  bool has_signs() const {
    return has_signs_;
  }

  /// The number of a group, which is made when it is not there. Fails for an
  /// empty name and beyond `most_groups`.
  result<size_t> add_group(std::string_view name);

  /// The number of a host, which is made when it is not there. `port`, unless
  /// it is absent, is what `ansible_port` of a new one is.
  result<size_t> add_host(std::string_view name,
                          std::optional<uint32_t> port = std::nullopt);

  void put_into(size_t host, size_t group);

  /// Puts a group below another one. Fails when it would be below itself.
  result<void> put_below(size_t parent, size_t child);

  result<void> set_group_var(size_t group, const value& key, value x);
  /// A group of the same name gets it, if there is one.
  result<void> set_host_var(size_t host, const value& key, value x);

  /// Once all is read: puts groups that are nowhere below `all`, hosts that are
  /// in none into `ungrouped`, and finds how deep each group is. Fails when
  /// they are more than `most_levels` deep.
  result<void> settle();

  const std::vector<group>& groups() const {
    return groups_;
  }

  const std::vector<member>& hosts() const {
    return hosts_;
  }

  std::optional<size_t> find_group(std::string_view name) const;
  std::optional<size_t> find_host(std::string_view name) const;

  /// All that a host is in, with those above, `all` among them; the strongest
  /// last: by depth, priority and name.
  std::vector<size_t> groups_of(size_t host) const;

  /// The hosts of a group and of those below, each once.
  std::vector<size_t> hosts_of(size_t group) const;

  /// The host that `localhost` and its other names stand for, when a source
  /// names one of them: `localhost`, `127.0.0.1`, `::1`.
  std::optional<size_t> local() const {
    return local_;
  }

  /// Names that both a host and a group have.
  std::vector<std::string> twice() const;

private:
  void set_var(std::vector<source_vars>& in, const value& key, value x) const;
  result<void> measure();

  bool replaces_signs_ = false;
  bool has_signs_ = false;
  std::vector<group> groups_;
  std::vector<member> hosts_;
  std::map<std::string, size_t, std::less<>> group_numbers_;
  std::map<std::string, size_t, std::less<>> host_numbers_;
  std::optional<size_t> local_;
  std::optional<std::string> source_file_;
  source_name shown_;
};

/// Whether a name stands for this machine, be it in the inventory or not.
bool is_local_name(std::string_view name);

} // namespace troupe
