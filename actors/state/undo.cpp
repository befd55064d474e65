#include "actors/state/undo_one.hpp"

namespace troupe {

namespace {

/// What comes back into a folder changes its time, so that comes last.
void give_back_times(const std::vector<undo_entry>& changes, undoing& all) {
  for (auto& each : changes) {
    auto back = all.put_back.find(each.path);
    if (each.kind != "directory" || !each.whole || back == all.put_back.end())
      continue;
    auto now = all.files.status(each.path, false);
    if (now && *now && back->second && is_same_file(**now, *back->second))
      static_cast<void>(
        all.files.set_times(each.path, {}, each.modified, false));
  }
}

} // namespace

std::vector<undo_step> undo_changes(const std::vector<undo_entry>& changes,
                                    host& machine, const undo_terms& terms) {
  undoing all{machine.files().without_links(), terms};
  if (auto real = machine.files().real_path(terms.folder))
    all.terms.folder = *real;
  for (auto& each : changes) {
    all.history[each.path].push_back(&each);
    if (each.after.inode != 0)
      all.linked.push_back(&each);
  }
  std::map<std::string, bool> shown;
  for (auto i = changes.rbegin(); i != changes.rend(); ++i) {
    if (!terms.check_mode || !terms.shows)
      continue;
    auto [known, fresh] = shown.try_emplace(i->task, true);
    if (fresh)
      known->second = terms.shows(i->task);
    if (!known->second)
      all.hidden.insert(i->path);
  }
  std::vector<undo_step> out;
  for (auto i = changes.rbegin(); i != changes.rend(); ++i) {
    auto step = undo_one(*i, all);
    // What was only there to be renamed is nobody's to know of.
    auto name = std::string_view{i->path}.substr(i->path.rfind('/') + 1);
    if (step.failed || i->kind != "absent" || !replacement_owner(name))
      out.push_back(std::move(step));
  }
  if (!terms.check_mode)
    give_back_times(changes, all);
  return out;
}

} // namespace troupe
