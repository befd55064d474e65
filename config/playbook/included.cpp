#include "config/playbook/included.hpp"

#include "config/plan/conditions_reader.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/playbook/role_expander.hpp"

namespace troupe {

namespace {

included_tasks finished(std::vector<node> tasks, play_findings found) {
  return {std::move(tasks), std::move(found.module_folders),
          std::move(found.files)};
}

} // namespace

included_tasks
read_included_tasks(const value& document, const std::string& path,
                    const role_ptr& around, const std::string& folder,
                    const playbook_setting& with, problems& out) {
  play_findings found;
  found.under_way = true;
  dict known;
  role_expander expander{with, folder, known, found, out};
  open_role role;
  role.frame = around;
  role.collections = with.collections;
  if (around)
    expander.stand_in(role);
  auto tasks = expander.read_list(
    document, std::make_shared<const std::string>(path), in_task);
  return finished(std::move(tasks), std::move(found));
}

included_tasks read_included_role(const role_choice& what,
                                  const role_ptr& around,
                                  const std::string& folder,
                                  const playbook_setting& with, problems& out) {
  play_findings found;
  found.under_way = true;
  dict known;
  role_expander expander{with, folder, known, found, out};
  open_role role;
  role.frame = around;
  role.collections = with.collections;
  if (around) {
    role.params = *around->params;
    expander.stand_in(role);
  }
  input_file nowhere{std::make_shared<const std::string>(), out};
  std::vector<node> tasks;
  expander.add_chosen(what, nowhere, tasks);
  return finished(std::move(tasks), std::move(found));
}

block block_around(std::vector<node> tasks, const value& apply,
                   const std::string& path, problems& out) {
  block b;
  b.id = "applied";
  b.body = std::move(tasks);
  if (!apply.is_dict())
    return b;
  input_file file{std::make_shared<const std::string>(path), out};
  fields in{apply, file};
  b.said = read_keywords(in, in_block);
  b.conditions = read_conditions(in);
  return b;
}

} // namespace troupe
