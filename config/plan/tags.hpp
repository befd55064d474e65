#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Whether a task with `tags` belongs to a run that was asked for `wanted`
/// (empty: all) without `unwanted`. `always`, `never`, `all`, `tagged` and
/// `untagged` mean what they mean in Ansible.
bool selected_by_tags(const std::vector<std::string>& tags,
                      const std::vector<std::string>& wanted,
                      const std::vector<std::string>& unwanted);

/// `*` and `?` in `pattern`, without the system's rules for names of files.
bool glob_matches(std::string_view pattern, std::string_view name);

/// Whether `host`, a member of `groups`, is named by a host pattern:
/// names, `all`, globs, and parts joined by `:` or `,` with `&` and `!`.
bool host_matches(const std::string& pattern, const std::string& host,
                  const std::vector<std::string>& groups);

} // namespace troupe
