#include "actors/state/undo_one.hpp"
#include "actors/state/undo_unread.hpp"

namespace troupe {

namespace {

void note_history(const std::vector<undo_entry>& changes, undoing& all) {
  for (auto& each : changes) {
    if (is_sealed(each))
      continue;
    all.history[each.path].push_back(&each);
    if (each.after.inode != 0)
      all.linked[each.after.inode].push_back(&each);
  }
  for (auto& [path, history] : all.history)
    all.names.add(*history.front(), names_before(history, all.linked),
                  oldest_whole(history) == nullptr);
}

/// What comes back into a folder changes its time, so that comes last; the time
/// before the oldest change is the one that stays.
void give_back_times(undoing& all) {
  for (auto& [path, time] : all.times) {
    auto& back = all.put_back[path];
    auto now = all.files.status(path, false);
    if (now && *now && back && is_same_file(**now, *back)
        && (*now)->modified_at != time)
      static_cast<void>(all.files.set_times(path, {}, time, false));
  }
}

/// Which differences are not shown, and what is said instead.
void hide_secrets(const std::vector<undo_entry>& changes, undoing& all) {
  auto& terms = all.terms;
  if (!terms.check_mode || !terms.shows)
    return;
  // By task; empty: its contents may be shown.
  std::map<std::string, std::string> words;
  for (auto i = changes.rbegin(); i != changes.rend(); ++i) {
    auto [known, fresh] = words.try_emplace(i->task);
    if (fresh && !terms.shows(i->task)) {
      auto why = terms.why_hidden ? terms.why_hidden(i->task) : std::string{};
      known->second
        = why.empty() ? "(hidden by no_log)" : "(hidden: " + why + ")";
    }
    if (!known->second.empty())
      all.hidden.try_emplace(i->path, known->second);
  }
}

} // namespace

std::vector<undo_step> undo_changes(const std::vector<undo_entry>& given,
                                    host& machine, const undo_terms& terms) {
  auto mended = with_first_contents(given);
  auto& changes = mended ? *mended : given;
  auto safe = machine.durable();
  auto& lasting = safe ? safe->files() : machine.files();
  undoing all{machine.files().without_links(), lasting.without_links(), terms};
  if (auto real = machine.files().real_path(terms.folder))
    all.terms.folder = *real;
  note_history(changes, all);
  hide_secrets(changes, all);
  std::vector<undo_step> out;
  for (auto i = changes.rbegin(); i != changes.rend(); ++i) {
    if (terms.stops && terms.stops())
      break;
    // Without a path it is in no history, and nothing is done to it.
    auto step
      = is_sealed(*i) ? undo_step{{}, i->kept.lost, true} : undo_one(*i, all);
    step.of = &given[static_cast<size_t>(changes.rend() - i) - 1];
    hide_unread(step, *i);
    // What was only there to be renamed is nobody's to know of.
    auto name = std::string_view{i->path}.substr(i->path.rfind('/') + 1);
    if (!step.failed && i->kind == "absent" && replacement_owner(name))
      continue;
    if (terms.tells)
      terms.tells(step);
    out.push_back(std::move(step));
  }
  if (!terms.check_mode)
    give_back_times(all);
  return out;
}

} // namespace troupe
