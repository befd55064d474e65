#include "actors/state/undo_history.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <tuple>

namespace troupe {

namespace {

/// Where the change is; the end when it is of another path.
undo_history::const_iterator place_in_history(const undo_history& all,
                                              const undo_entry& change) {
  auto at = std::lower_bound(all.begin(), all.end(), &change, std::less<>{});
  return at != all.end() && *at == &change ? at : all.end();
}

/// A path at one place of its history.
class history_search {
public:
  history_search(const undo_history& all, const undo_comparison& what,
                 const std::string& folder)
      : all_{all}, what_{what}, folder_{folder} {
  }

  const undo_entry* run() const {
    for (auto i = all_.begin(); *i != &what_.entry; ++i)
      if (auto then = before(**i); is_half_restored(then)
                                   || (is_as_before(then) && has_content(i)
                                       && ((*i)->whole || looks_alike(**i))))
        return *i;
    return nullptr;
  }

  const undo_entry* run_strictly() const {
    for (auto i = all_.begin(); *i != &what_.entry; ++i)
      if (auto then = before(**i); is_as_before(then) && has_content(i)
                                   && has_attributes(**i) && looks_alike(**i))
        return *i;
    return nullptr;
  }

private:
  undo_comparison before(const undo_entry& change) const {
    return {what_.files, change, what_.now, kept_path(change, folder_),
            false,       false};
  }

  /// A change of mode or owner says nothing of the content: the next one that
  /// does knows what it was then.
  bool has_content(undo_history::const_iterator i) const {
    for (;; ++i) {
      if ((*i)->whole)
        return has_content_as_before(before(**i));
      if (*i == &what_.entry)
        return true;
    }
  }

  /// Also in what this change did not touch and a later one did.
  bool looks_alike(const undo_entry& change) const {
    if (!what_.now)
      return true;
    auto& now = *what_.now;
    // Modes of links count nowhere, and what is in a folder changes its time.
    return now.uid == change.uid && now.gid == change.gid
           && (now.kind == file_kind::symlink || now.mode == change.mode)
           && (now.kind == file_kind::directory
               || now.modified_at == change.modified);
  }

  bool has_attributes(const undo_entry& change) const {
    if (!change.attributes)
      return true;
    auto now = what_.files.extended_attributes(change.path);
    return now
           && std::is_permutation(now->begin(), now->end(),
                                  change.attributes->begin(),
                                  change.attributes->end());
  }

  const undo_history& all_;
  const undo_comparison& what_;
  const std::string& folder_;
};

} // namespace

std::string kept_path(const undo_entry& of, const std::string& folder) {
  return of.kept.name.empty() ? std::string{} : folder + "/" + of.kept.name;
}

const undo_entry* oldest_whole(const undo_history& all) {
  auto first = std::find_if(all.begin(), all.end(),
                            [](auto* each) { return each->whole; });
  return first == all.end() ? nullptr : *first;
}

bool changes_flags(const undo_history& all) {
  return std::any_of(all.begin(), all.end(),
                     [](auto* each) { return each->after.flags.has_value(); });
}

uint64_t names_before(const undo_history& all, const undo_links& linked) {
  auto& first = *all.front();
  auto found = linked.find(first.was.inode);
  if (found == linked.end())
    return first.names;
  auto& links = found->second;
  auto older
    = std::lower_bound(links.begin(), links.end(), &first, std::less<>{});
  auto made = static_cast<uint64_t>(older - links.begin());
  return first.names - std::min(first.names - 1, made);
}

const undo_entry* last_whole(const undo_history& all,
                             const undo_entry& change) {
  auto at = place_in_history(all, change);
  if (at == all.end())
    return nullptr;
  for (++at; at != all.begin();)
    if (--at; (*at)->whole && !changed_nothing(all, **at))
      return *at;
  return nullptr;
}

bool changed_nothing(const undo_history& all, const undo_entry& change) {
  auto next = place_in_history(all, change);
  if (next == all.end() || ++next == all.end())
    return false;
  auto& then = **next;
  auto what_counts = [](const undo_entry& x) {
    // What is in a folder changes its time.
    auto time = x.kind == "directory" ? file_time{} : x.modified;
    return std::tuple{x.kind, x.was.inode, x.was.device, x.was.born, x.mode,
                      x.uid,  x.gid,       time,         x.target};
  };
  return what_counts(change) == what_counts(then)
         && (!change.after.flags || change.flags == then.flags);
}

std::string kept_twin(const undo_history& all, const undo_comparison& what,
                      const std::string& folder) {
  auto at = place_in_history(all, what.entry);
  while (at != all.begin() && changed_nothing(all, **--at)) {
    auto twin = kept_path(**at, folder);
    if (!(*at)->kept.itself || twin.empty())
      continue;
    auto is = what.files.digest(twin, "sha256");
    auto was = what.files.digest(what.kept, "sha256");
    return is && was && *is == *was ? twin : std::string{};
  }
  return {};
}

std::optional<std::vector<undo_entry>>
with_first_contents(const std::vector<undo_entry>& changes) {
  auto is_lost = [](const undo_entry& each) {
    return each.whole && !each.in_place && !each.kept.lost.empty()
           && !is_sealed(each);
  };
  std::map<std::string_view, undo_history> histories;
  for (auto& each : changes)
    if (is_lost(each))
      histories.try_emplace(each.path);
  for (auto& each : changes)
    if (auto own = histories.find(each.path);
        own != histories.end() && !is_sealed(each))
      own->second.push_back(&each);
  std::optional<std::vector<undo_entry>> out;
  for (auto& [path, history] : histories) {
    const kept_content* first = nullptr;
    for (auto* each : history) {
      if (each->whole && each->kept.itself)
        first = &each->kept;
      if (first != nullptr && is_lost(*each)) {
        if (!out)
          out = changes;
        (*out)[static_cast<size_t>(each - changes.data())].kept = *first;
      }
      if (!changed_nothing(history, *each))
        first = nullptr;
    }
  }
  return out;
}

const undo_entry* find_as_before(const undo_history& all,
                                 const undo_comparison& what,
                                 const std::string& folder) {
  return history_search{all, what, folder}.run_strictly();
}

const undo_entry* find_reached(const undo_history& all,
                               const undo_comparison& what,
                               const std::string& folder) {
  return history_search{all, what, folder}.run();
}

} // namespace troupe
