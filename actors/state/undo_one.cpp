#include "actors/state/undo_obstacles.hpp"
#include "actors/state/undo_restore.hpp"
#include "actors/state/undo_swap.hpp"
#include "actors/state/undo_torn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

/// One change.
class one_undo {
public:
  one_undo(const undo_entry& entry, undoing& all)
      : site_{entry, all}, entry_{entry}, all_{all}, files_{all.files} {
  }

  undo_step run() {
    if (entry_.kind == "program")
      return site_.failed(entry_.kept.lost);
    auto out = tried();
    bool alone = out.failed && site_.back_alone;
    if (out.failed && !alone)
      leave(out.what);
    else
      remember();
    out.touched = !all_.terms.check_mode && !unchanged_
                  && (!out.failed || site_.in_place || site_.cleared || moved_);
    if (all_.terms.check_mode && (!out.failed || alone) && !unchanged_)
      add_difference(out);
    return out;
  }

private:
  undo_step tried() {
    if (all_.left.contains(entry_.path))
      return site_.failed("a later change of it was not undone");
    if (auto why = foreign_folder(); !why.empty())
      return site_.failed(std::move(why));
    auto now = files_.status(entry_.path, false);
    if (!now)
      return is_gone_with_folder(entry_, all_)
               ? as_before()
               : site_.failed(now.why().message);
    site_.now = seen_ = *now;
    if (site_.now)
      site_.now = as_worn(all_.names.foretold(*site_.now));
    auto back = all_.put_back.find(entry_.path);
    site_.put_back = back != all_.put_back.end()
                     && (all_.terms.check_mode
                         || (site_.now && back->second
                             && is_same_file(*site_.now, *back->second)));
    site_.content_back
      = site_.put_back && all_.content_back.contains(entry_.path);
    // Where nothing is to be done nothing is foretold either.
    bool reached = all_.reached.contains(entry_.path);
    return site_.predicted() && !reached ? foretold() : compared();
  }

  /// With the newer changes of mode and owner undone that wait until it goes.
  file_status as_worn(file_status now) const {
    auto found = all_.worn.find(entry_.path);
    if (found == all_.worn.end() || entry_.after.flags
        || !is_same_file(now, found->second))
      return now;
    auto& look = found->second;
    now.mode = look.mode;
    now.uid = look.uid;
    now.gid = look.gid;
    if (now.kind == file_kind::directory)
      now.modified_at = look.modified_at;
    return now;
  }

  undo_step foretold() {
    if (!changed_nothing(all_.history[entry_.path], entry_))
      if (auto why = missing_content(site_); !why.empty())
        return site_.failed(std::move(why));
    reason_ = changed_content();
    return reason_.empty()    ? restore(site_)
           : all_.terms.force ? force()
                              : refused();
  }

  /// Why the content is not what the last change of it has left, though this
  /// one may know of owner and mode alone; empty when it is.
  std::string changed_content() {
    if (site_.content_back)
      return {};
    left_ = last_whole(all_.history[entry_.path], entry_);
    auto why = left_ == nullptr
                 ? std::string{}
                 : content_changed_since({files_, *left_, site_.now,
                                          kept_path(*left_, all_.terms.folder),
                                          false, false});
    content_is_known_ = why.empty();
    content_is_theirs_ = !why.empty();
    return why;
  }

  /// Why nothing goes into the folder; of several the outermost says it.
  std::string foreign_folder() const {
    for (auto end = entry_.path.find('/', 1); end != std::string::npos;
         end = entry_.path.find('/', end + 1))
      if (auto found = all_.foreign.find(entry_.path.substr(0, end));
          found != all_.foreign.end())
        return fmt::format("its folder '{}' is not undone: {}", found->first,
                           found->second);
    return {};
  }

  void leave(const std::string& why) {
    close_again();
    all_.left.insert(entry_.path);
    all_.names.give_up(*all_.history[entry_.path].front());
    // One that only looks different by now still is the folder of what was in
    // it.
    bool another
      = entry_.whole || (site_.now && !is_the_same(site_.comparison()));
    if (entry_.kind == "directory" && another && !site_.in_place)
      all_.foreign.try_emplace(entry_.path, reason_.empty() ? why : reason_);
  }

  /// What stays is no more open to its owner than it was.
  void close_again() {
    auto opened = all_.opened.find(entry_.path);
    if (opened == all_.opened.end())
      return;
    auto now = files_.status(entry_.path, false);
    if (now && *now && seen_ && is_same_file(**now, *seen_))
      static_cast<void>(files_.dress(
        entry_.path, **now, {opened->second, (*now)->uid, (*now)->gid}));
    all_.opened.erase(opened);
  }

  undo_step compared() {
    auto what = site_.comparison();
    auto& history = all_.history[entry_.path];
    no_change_ = changed_nothing(history, entry_);
    if (was_undone())
      return as_before();
    // It may have ended as it began, with other things between; what an undo
    // has put back then looks like what the run has left, or like what was
    // there before its last change.
    if (&entry_ == history.back())
      if (auto* same = find_as_before(history, what, all_.terms.folder)) {
        all_.reached[entry_.path] = same;
        return as_before();
      }
    if (is_as_before(what) || no_change_)
      return as_before();
    if (is_name_as_before(what)) {
      if (history.front() != &entry_)
        all_.reached[entry_.path] = history.front();
      return as_before();
    }
    if (has_not_happened(what))
      return not_changed();
    auto reason = changed_since(what);
    if (reason.empty() && !entry_.whole)
      reason = changed_content();
    if (auto* torn = reason.empty() ? nullptr : torn_change()) {
      if (torn != &entry_) {
        all_.reached[entry_.path] = torn;
        return as_before();
      }
      reason.clear();
    }
    auto missing = missing_content(site_);
    if (missing.empty() && (reason.empty() || is_half_restored(what)))
      return restore(site_);
    if (auto* reached = find_reached(history, what, all_.terms.folder)) {
      all_.reached[entry_.path] = reached;
      return as_before();
    }
    if (!missing.empty())
      return site_.failed(std::move(missing));
    reason_ = std::move(reason);
    return all_.terms.force ? force() : refused();
  }

  /// Whether the path is a name of the very file again that it was before the
  /// run, and that looks as it did then: this change may have found it with a
  /// mode that an older one gave it by another name.
  bool is_name_as_before(const undo_comparison& what) {
    auto& history = all_.history[entry_.path];
    auto& oldest = *history.front();
    auto* first = all_.names.first(oldest);
    if (first == nullptr || all_.names.count(oldest) == 1
        || oldest.kind != "file" || changes_flags(history)
        || !is_the_same(before(oldest, what))
        || !looks_as_found(*what.now, *first))
      return false;
    // All older changes of the path are then undone with this one.
    auto* whole = oldest_whole(history);
    return whole == nullptr || has_content_as_before(before(*whole, what));
  }

  undo_comparison before(const undo_entry& change,
                         const undo_comparison& what) const {
    return {files_, change, what.now, kept_path(change, all_.terms.folder),
            false,  false};
  }

  /// The run died before the change, or an undo has put the file itself back,
  /// and somebody has changed it since: nothing of that is the run's.
  undo_step not_changed() {
    no_change_ = true;
    auto out = as_before();
    // The file itself is kept no more once it has been put back.
    auto kept = files_.status(site_.kept(), false);
    bool is_back = entry_.kept.itself
                   && !(kept && *kept && is_same_file(**kept, *site_.now));
    out.what = is_back
                 ? "it is back already; what has changed since is left alone"
                 : "the run did not change it; what has changed since is left "
                   "alone";
    return out;
  }

  /// The change, this one or an older one, whose making or undoing has written
  /// the file in place and was cut off; null: none.
  const undo_entry* torn_change() const {
    bool is_file = site_.now && site_.now->kind == file_kind::regular;
    if (!is_file)
      return nullptr;
    auto& history = all_.history[entry_.path];
    for (auto i = history.begin();; ++i) {
      auto kept
        = (*i)->in_place ? kept_path(**i, all_.terms.folder) : std::string{};
      // What the run wrote later has gone over that.
      bool last = std::none_of(std::next(i), history.end(),
                               [](auto* each) { return each->whole; });
      if (!kept.empty()
          && (is_torn(files_, kept, in_place_writer::undo, *site_.now)
              || (last
                  && is_torn(files_, kept, in_place_writer::run, *site_.now))))
        return *i;
      if (*i == &entry_)
        return nullptr;
    }
  }

  bool can_be_forced() const {
    return entry_.whole
             ? entry_.kept.lost.empty()
             : can_be_dressed(site_.comparison()) || comes_with_content();
  }

  /// Whether another file is there by now, but an older change gives the old
  /// one back, with its mode and owner.
  bool comes_with_content() const {
    if (entry_.whole || can_be_dressed(site_.comparison()))
      return false;
    auto* older = last_whole(all_.history[entry_.path], entry_);
    return older != nullptr && older->kept.lost.empty();
  }

  undo_step refused() const {
    auto out
      = "it has changed since the run: " + reason_ + "; it is left alone";
    if (!can_be_forced())
      return site_.failed(
        out + ": "
        + (entry_.whole ? entry_.kept.lost : "its old content was not kept"));
    return site_.failed(
      out
      + (!entry_.whole && !content_is_theirs_ && !comes_with_content()
           ? " (--force puts back mode and owner)"
         : site_.now ? " (--force keeps it beside its path)"
                     : " (--force restores it nevertheless)"));
  }

  undo_step as_before() {
    site_.placed = site_.now;
    unchanged_ = true;
    site_.original = site_.now && is_the_same(site_.comparison());
    auto out = told_if_still_alone(site_.done("as before"));
    out.unchanged = true;
    return out;
  }

  /// A copy that an undo before this one has put back is still not another name
  /// of the file that it was.
  undo_step told_if_still_alone(undo_step out) {
    auto names = all_.names.count(entry_);
    if (names == 1 || entry_.kind != "file" || !site_.now || site_.original
        || no_change_ || oldest_whole(all_.history[entry_.path]) != &entry_
        || site_.now->links >= names)
      return out;
    site_.back_alone = true;
    return site_.failed(out.what + apart(names, site_.now->links > 1));
  }

  /// Whether an undo that was killed, or is done again, has come past this
  /// change.
  bool was_undone() {
    auto reached = all_.reached.find(entry_.path);
    if (reached == all_.reached.end())
      return false;
    if (reached->second != &entry_)
      return true;
    all_.reached.erase(reached);
    return false;
  }

  /// Puts what is there now aside, unless it is the file itself.
  undo_step force() {
    if (!can_be_forced())
      return refused();
    if (comes_with_content()) {
      is_theirs_ = true;
      return site_.done("mode and owner come back with the content");
    }
    // What is put aside keeps the mode that its owner knows it with.
    if (!entry_.whole && !changed_content().empty()
        && left_->kept.lost.empty()) {
      site_.placed = site_.now;
      return site_.done("mode and owner come back with the content");
    }
    if (!site_.now || !entry_.whole)
      return restore(site_);
    auto aside = beside();
    if (!all_.terms.check_mode)
      if (auto moved = put_aside(aside); !moved)
        return site_.failed(moved.why().message);
    if (all_.terms.check_mode || moved_)
      site_.now.reset();
    auto out
      = entry_.kind == "absent" ? site_.done(word("removed")) : restore(site_);
    if (out.failed && !site_.in_place && moved_
        && files_.rename_new(aside, entry_.path)) {
      moved_ = false;
      return out;
    }
    out.what += all_.terms.check_mode
                  ? "; what is there will be kept as " + aside
                  : "; what was there is kept as " + aside;
    return out;
  }

  /// Of what the system does not let be moved a copy is put there.
  result<void> put_aside(const std::string& aside) {
    auto moved = files_.rename_new(entry_.path, aside);
    moved_ = bool(moved);
    if (moved || !entry_.in_place || entry_.kind == "absent"
        || site_.now->kind != file_kind::regular)
      return moved;
    auto& now = *site_.now;
    if (auto copied = files_.replace_from(
          aside, {entry_.path, now},
          {.mode = now.mode, .uid = now.uid, .gid = now.gid}, {});
        !copied)
      return copied;
    auto then = files_.status(entry_.path, false);
    if (then && *then && is_unchanged(**then, now))
      return {};
    static_cast<void>(files_.remove(aside));
    return moved;
  }

  std::string beside() const {
    for (unsigned n = 0;; ++n) {
      auto name = with_suffix(entry_.path, fmt::format(".undone-{}~", n));
      auto there = files_.status(name, false);
      if (!there || !*there)
        return name;
    }
  }

  std::string word(const char* what) const {
    return all_.terms.check_mode ? std::string{"to be "} + what : what;
  }

  void remember() {
    if (entry_.in_place && !entry_.kept.name.empty() && !all_.terms.check_mode)
      forget_in_place(files_, site_.kept());
    // Nothing of it is back: the older changes find what is there.
    if (is_theirs_)
      return;
    if (entry_.kind == "absent")
      all_.gone.insert(entry_.path);
    else
      all_.gone.erase(entry_.path);
    all_.put_back[entry_.path] = site_.placed;
    if (entry_.whole && entry_.kind == "directory")
      all_.times[entry_.path] = entry_.modified;
    else if (entry_.whole)
      all_.times.erase(entry_.path);
    // An owner or mode that came back says nothing of the content.
    if ((entry_.whole && !no_change_) || content_is_known_)
      all_.content_back.insert(entry_.path);
    else if (!site_.content_back)
      all_.content_back.erase(entry_.path);
    if (all_.terms.check_mode && !entry_.whole && !unchanged_ && site_.original)
      all_.names.foretell(entry_);
    bool kept = all_.terms.check_mode && entry_.whole && !unchanged_;
    all_.names.put_back(
      {&entry_, kept && !entry_.kept.name.empty() ? site_.kept() : entry_.path,
       site_.original});
  }

  /// What the path will be in the end against what it is.
  void add_difference(undo_step& out) const {
    if (oldest_whole(all_.history[entry_.path]) != &entry_)
      return;
    auto is_file = seen_ && seen_->kind == file_kind::regular;
    if (!is_file && entry_.kind != "file")
      return;
    if (auto hidden = all_.hidden.find(entry_.path);
        hidden != all_.hidden.end()) {
      out.diff = hidden->second + '\n';
      return;
    }
    out.diff = difference_in_content(
      {files_, entry_, seen_, site_.kept(), site_.put_back, true});
  }

  undo_site site_;
  const undo_entry& entry_;
  undoing& all_;
  file_system& files_;
  // As it was found.
  std::optional<file_status> seen_;
  bool unchanged_ = false;
  // What was there has been put aside.
  bool moved_ = false;
  // The change was noted and did not happen.
  bool no_change_ = false;
  // The content is what the last change of it has left.
  bool content_is_known_ = false;
  // It is another one.
  bool content_is_theirs_ = false;
  // What is there is not the file that this change was of.
  bool is_theirs_ = false;
  // That change.
  const undo_entry* left_ = nullptr;
  // Why it is refused.
  std::string reason_;
};

} // namespace

undo_step undo_one(const undo_entry& entry, undoing& all) {
  return one_undo{entry, all}.run();
}

} // namespace troupe
