#pragma once

#include "actors/messages.hpp"
#include "config/language/language.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace troupe {

class fact_store;

/// The hosts of a playbook's run with what is known of each: what HOST RUNs see
/// of each other (`hostvars`, `groups`, `ansible_play_hosts`). All members may
/// be called from any thread; what they wait for are files of variables.
class roster {
public:
  struct setting {
    std::shared_ptr<playbook_hosts> hosts;
    /// The folder of the playbook.
    std::string folder;
    std::shared_ptr<const language> templates;
    std::shared_ptr<const dict> extra_vars;
    /// What is the same for all hosts.
    std::shared_ptr<const dict> magic;
    /// Dicts of one name become one: `put_names`.
    bool merges = false;
    /// What is kept of hosts that do not play; null: nothing.
    std::shared_ptr<const fact_store> kept = nullptr;
  };

  explicit roster(setting with)
      : with_{std::move(with)}, folder_{with_.folder}, magic_{with_.magic} {
  }

  // CONDUCTOR.

  /// The hosts that patterns choose, in the order of the inventory.
  result<std::vector<std::string>>
  chosen(const std::vector<std::string>& patterns);
  /// Patterns of these that nothing matches.
  std::vector<std::string> unmatched(const std::vector<std::string>& patterns);

  /// A play of a playbook in this folder begins: group_vars and host_vars
  /// beside that count, and it is what `playbook_dir` of others is. Empty: that
  /// of the run's own playbook.
  void stand_in(const std::string& folder);

  /// A batch of a play begins.
  void begin_batch(std::vector<std::string> all, std::vector<std::string> batch,
                   std::set<std::string> gone);
  /// A host plays no more in this play.
  void leave(const std::string& host);
  result<void> refresh();

  // HOST RUNs.

  /// What the inventory says of a host. An error when a file of variables
  /// cannot be read.
  result<std::shared_ptr<const dict>> vars_of(const std::string& host);

  void publish(const std::string& host, const known_names& names);

  /// Takes the hosts, groups and facts of others out of what a task has set;
  /// see modules/support/arguments/inventory.hpp.
  void learn(const dict& variables);

  /// Facts that tasks of other hosts have found for this one.
  std::shared_ptr<const dict> given_to(const std::string& host);

  /// The value of a name that is about all hosts, as `host` sees it; absent:
  /// it is none.
  std::optional<value> find(const std::string& host, const name_key& name);

  /// One variable of a host.
  std::optional<value> name_of(const std::string& host, const name_key& name);

private:
  struct member {
    known_names names;
    std::shared_ptr<const dict> vars;
    std::shared_ptr<const dict> given;
    // Its facts were looked for.
    bool asked = false;
    // All of these as `hostvars` shows them; absent: something is newer.
    std::optional<value> all;
    // Nothing in `all` has to wait for somebody to evaluate it.
    bool settled = true;
  };

  result<std::shared_ptr<const dict>> vars_of(member& in,
                                              const std::string& host);
  value all_of(member& in, const std::string& host);
  /// A name that tasks are delegated to need not be one of the hosts.
  member& member_or_stranger(const std::string& host);
  value host_vars();
  /// All groups with their hosts.
  const dict& groups();
  value group_names(const std::string& host);
  void forget_inventory();

  const setting with_;
  std::mutex mutex_;
  // Of the play.
  std::string folder_;
  std::shared_ptr<const dict> magic_;
  std::map<std::string, member> members_;
  std::map<std::string, member> strangers_;
  std::vector<std::string> play_hosts_;
  std::vector<std::string> batch_;
  std::set<std::string> gone_;
  std::optional<value> groups_;
  // The names of all hosts of the inventory, and in which groups each is;
  // absent: to be found anew.
  std::optional<std::unordered_set<std::string>> known_hosts_;
  std::optional<std::unordered_map<std::string, std::vector<std::string>>>
    groups_of_;
  std::optional<value> host_vars_;
};

} // namespace troupe
