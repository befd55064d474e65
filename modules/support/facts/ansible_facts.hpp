#pragma once

#include "modules/module.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What the facts of a host are gathered into.
struct fact_collection {
  const module_context& ctx;
  /// Without the prefix `ansible_`.
  dict facts;
  std::vector<std::string> warnings;

  system_probe& probe() const {
    return ctx.machine.facts();
  }

  /// Text that the host said, which is never taken for a template.
  void set_text(std::string_view name, std::string text) {
    facts.set(name, value::from_host(std::move(text)));
  }

  /// A topic could not be read: its facts are left out.
  void warn(std::string_view topic, const error& why);
};

/// One group of facts that `gather_subset` can name.
struct fact_topic {
  std::string_view name;
  void (*collect)(fact_collection&);
  /// Gathered unless `!min` or `!NAME` says otherwise.
  bool minimal = false;
  /// Other names of the subset, `hardware` and `network` among them.
  std::vector<std::string_view> also = {};
};

/// All topics in the order in which they are gathered.
const std::vector<fact_topic>& fact_topics();

/// The topics that a `gather_subset` list selects; an unknown name is an
/// error that lists the known ones.
result<std::set<std::string_view>>
select_topics(const std::vector<std::string>& subsets);

/// Whether `name` (with its prefix) passes the `filter` list of `setup`.
bool passes_filter(std::string_view name,
                   const std::vector<std::string>& filters);

/// `text` as a shell pattern matches it.
bool matches_pattern(std::string_view pattern, std::string_view text);

// The collectors, by file.
void collect_platform(fact_collection& to);
void collect_distribution(fact_collection& to);
void collect_lsb(fact_collection& to);
void collect_date_time(fact_collection& to);
void collect_environment(fact_collection& to);
void collect_python(fact_collection& to);
void collect_user(fact_collection& to);
void collect_package_manager(fact_collection& to);
void collect_service_manager(fact_collection& to);
void collect_command_line(fact_collection& to);
void collect_security(fact_collection& to);
void collect_capabilities(fact_collection& to);
void collect_ssh_keys(fact_collection& to);
void collect_dns(fact_collection& to);
void collect_network(fact_collection& to);
void collect_processor(fact_collection& to);
void collect_memory(fact_collection& to);
void collect_mounts(fact_collection& to);
void collect_devices(fact_collection& to);
void collect_firmware(fact_collection& to);
void collect_virtualization(fact_collection& to);
void collect_load(fact_collection& to);
void collect_fibre_channel(fact_collection& to);
void collect_iscsi(fact_collection& to);
void collect_nvme(fact_collection& to);
void collect_lvm(fact_collection& to);

} // namespace troupe
