#include "actors/state/undo_one.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// One change.
class one_undo {
public:
  one_undo(const undo_entry& entry, undoing& all)
      : entry_{entry}, all_{all}, files_{all.files} {
  }

  undo_step run() {
    if (entry_.kind == "program")
      return failed(entry_.kept.lost);
    if (all_.left.contains(entry_.path))
      return failed("a later change of it was not undone");
    auto now = files_.status(entry_.path, false);
    if (!now)
      return failed(now.why().message);
    now_ = seen_ = *now;
    auto back = all_.put_back.find(entry_.path);
    put_back_
      = back != all_.put_back.end()
        && (all_.terms.check_mode
            || (now_ && back->second && is_same_file(*now_, *back->second)));
    auto out = predicted() ? act() : compared();
    if (out.failed && !back_alone_)
      all_.left.insert(entry_.path);
    else
      remember();
    if (all_.terms.check_mode && !out.failed && !unchanged_)
      add_difference(out);
    return out;
  }

private:
  /// In check mode newer changes of the path have not really been undone.
  bool predicted() const {
    return all_.terms.check_mode && put_back_;
  }

  undo_step compared() {
    auto kept = kept_path();
    undo_comparison what{files_, entry_, now_, kept, put_back_};
    auto& history = all_.history[entry_.path];
    if (was_undone() || is_as_before(what) || changed_nothing(history, entry_))
      return as_before();
    auto reason = changed_since(what);
    bool spent = is_spent();
    if (!spent && (reason.empty() || is_half_restored(what)))
      return act();
    if (auto* reached = find_reached(history, what, all_.terms.folder)) {
      all_.reached[entry_.path] = reached;
      return as_before();
    }
    if (spent)
      return failed("its old content has been put back before, and is there no "
                    "longer");
    if (!all_.terms.force)
      return failed(
        fmt::format("it has changed since the run: {}; it is left alone "
                    "(--force keeps it beside its path)",
                    reason));
    if (!entry_.whole)
      return failed("it has changed since the run: " + reason
                    + "; its old content was not kept");
    return force();
  }

  undo_step as_before() {
    placed_ = now_;
    unchanged_ = true;
    return done("as before");
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

  /// Whether the old file itself was put back: it is where it was kept no more.
  bool is_spent() const {
    if (!entry_.kept.itself)
      return false;
    auto kept = files_.status(kept_path(), false);
    return kept && !*kept;
  }

  /// Puts what is there now aside.
  undo_step force() {
    if (!entry_.kept.lost.empty())
      return failed(entry_.kept.lost);
    if (!now_)
      return act();
    auto aside = beside();
    if (!all_.terms.check_mode)
      if (auto moved = files_.rename(entry_.path, aside); !moved)
        return failed(moved.why().message);
    now_.reset();
    auto out = entry_.kind == "absent" ? done(word("removed")) : act();
    if (out.failed && !all_.terms.check_mode
        && files_.rename(aside, entry_.path))
      return out;
    out.what += all_.terms.check_mode
                  ? "; what is there will be kept as " + aside
                  : "; what was there is kept as " + aside;
    return out;
  }

  std::string beside() const {
    for (unsigned n = 0;; ++n) {
      auto name = fmt::format("{}.undone-{}~", entry_.path, n);
      auto there = files_.status(name, false);
      if (!there || !*there)
        return name;
    }
  }

  undo_step act() {
    if (entry_.kind == "absent")
      return remove();
    if (!entry_.whole)
      return now_ || predicted()
               ? dress("restored", now_, "mode and owner ")
               : failed("it is gone, and its content was not kept");
    if (!entry_.kept.lost.empty())
      return failed(entry_.kept.lost);
    if (all_.terms.check_mode)
      return has_folder() ? done("to be restored")
                          : failed("its folder is not there");
    if (auto clear = clear_way(); !clear)
      return failed(clear.why().message);
    if (entry_.kind == "link")
      return restore_link();
    if (entry_.kind == "directory")
      return restore_directory();
    if (entry_.kept.itself)
      return restore_itself(kept_path());
    auto twin = kept_twin(all_.history[entry_.path],
                          {files_, entry_, now_, kept_path(), put_back_},
                          all_.terms.folder);
    return twin.empty() ? restore_copy() : restore_itself(twin);
  }

  /// In check mode: there, or to be restored before this.
  bool has_folder() const {
    auto folder = entry_.path.substr(0, entry_.path.rfind('/'));
    auto now = files_.status(folder + "/.", false);
    return (now && *now)
           || (all_.put_back.contains(folder) && !all_.gone.contains(folder));
  }

  undo_step done(std::string what) const {
    return {entry_.path, std::move(what), false};
  }

  undo_step failed(std::string why) const {
    return {entry_.path, std::move(why), true};
  }

  std::string word(const char* what) const {
    return all_.terms.check_mode ? std::string{"to be "} + what : what;
  }

  std::string kept_path() const {
    return troupe::kept_path(entry_, all_.terms.folder);
  }

  undo_step remove() {
    if (!now_)
      return done(predicted() ? "to be removed" : "as before");
    if (all_.terms.check_mode)
      return predict_removal();
    auto gone = files_.remove(entry_.path);
    return gone ? done("removed") : failed(gone.why().message);
  }

  /// A folder goes only with nothing in it.
  undo_step predict_removal() {
    if (now_->kind == file_kind::directory) {
      auto names = files_.list(entry_.path);
      if (!names)
        return failed(names.why().message);
      for (auto& name : *names)
        if (!all_.gone.contains(fmt::format("{}/{}", entry_.path, name)))
          return failed(fmt::format("'{}' is in it, which the run did not "
                                    "make or which is left alone",
                                    name));
    }
    return done("to be removed");
  }

  file_dress dress_before(const file_status& whom) const {
    std::optional<file_status> now{whom};
    return dress_to_put_back({files_, entry_, now, kept_path(), put_back_});
  }

  /// `which`: what of it, as in front of `what`.
  undo_step dress(const char* what, const std::optional<file_status>& whom,
                  const std::string& which = {}) {
    if (all_.terms.check_mode)
      return done(which + word(what));
    placed_ = whom;
    auto put = files_.dress(entry_.path, *whom, dress_before(*whom));
    return put ? done(which + what)
               : failed(fmt::format("{}{}, but not all that belongs to it: {}",
                                    which, what, put.why().message));
  }

  /// Takes away a folder that is in the way of something else.
  result<void> clear_way() {
    if (!now_ || now_->kind != file_kind::directory
        || entry_.kind == "directory")
      return {};
    return files_.remove(entry_.path);
  }

  /// The very file comes back, with all that belongs to it.
  undo_step restore_itself(const std::string& from) {
    if (auto kept = files_.status(from, false))
      placed_ = *kept;
    auto put = files_.rename(from, entry_.path);
    return put ? done("restored") : failed(put.why().message);
  }

  undo_step restore_copy() {
    std::optional<file_status> made;
    // The new file is known before it has its name, so that no other one is
    // taken for it.
    auto look = [&](const std::string& at) -> result<void> {
      auto found = files_.status(at, false);
      if (!found)
        return found.why();
      made = *found;
      return {};
    };
    auto put
      = files_.replace_from(entry_.path, kept_path(), {.mode = 0600}, look);
    if (!put)
      return failed(put.why().message);
    if (!made)
      return failed("it vanished");
    auto out = dress("restored", made);
    auto names = names_before();
    if (out.failed || names == 1
        || oldest_whole(all_.history[entry_.path]) != &entry_)
      return out;
    back_alone_ = true;
    return failed(fmt::format("restored, but as a file of its own: it was one "
                              "of {} names of a file",
                              names));
  }

  /// How many names the file had before the run, which may have made some.
  uint64_t names_before() const {
    auto& first = *all_.history[entry_.path].front();
    auto made
      = std::count_if(all_.linked.begin(), all_.linked.end(), [&](auto* each) {
          return each < &first && each->after.inode == first.was.inode;
        });
    return first.names - std::min(first.names - 1, uint64_t(made));
  }

  undo_step restore_link() {
    auto beside = files_.unused_beside(entry_.path);
    auto put = files_.make_symlink(entry_.target, beside);
    return put ? put_in_place(beside) : failed(put.why().message);
  }

  undo_step restore_directory() {
    if (now_)
      if (auto gone = files_.remove(entry_.path); !gone)
        return failed(gone.why().message);
    auto beside = files_.unused_beside(entry_.path);
    auto made = files_.make_directory(beside, 0700);
    return made ? put_in_place(beside) : failed(made.why().message);
  }

  /// What was made under another name is known by its inode before others can
  /// put something else in its place.
  undo_step put_in_place(const std::string& beside) {
    auto made = files_.status(beside, false);
    auto put = files_.rename(beside, entry_.path);
    if (put && made && *made)
      return dress("restored", *made);
    static_cast<void>(files_.remove(beside));
    return failed(put ? "it vanished" : put.why().message);
  }

  void remember() {
    if (entry_.kind == "absent")
      all_.gone.insert(entry_.path);
    else
      all_.gone.erase(entry_.path);
    all_.put_back[entry_.path] = placed_;
  }

  /// What the path will be in the end against what it is.
  void add_difference(undo_step& out) const {
    if (oldest_whole(all_.history[entry_.path]) != &entry_)
      return;
    auto is_file = seen_ && seen_->kind == file_kind::regular;
    if (!is_file && entry_.kind != "file")
      return;
    if (all_.hidden.contains(entry_.path)) {
      out.diff = "(hidden by no_log)\n";
      return;
    }
    out.diff
      = difference_in_content({files_, entry_, seen_, kept_path(), put_back_});
  }

  const undo_entry& entry_;
  undoing& all_;
  file_system& files_;
  std::optional<file_status> now_;
  // As it was found; `now_` changes on the way.
  std::optional<file_status> seen_;
  // What is there in the end, known before it has its name: whatever somebody
  // puts there later is another file.
  std::optional<file_status> placed_;
  bool put_back_ = false;
  bool unchanged_ = false;
  // It is back, but no longer another name of the file that it was.
  bool back_alone_ = false;
};

} // namespace

undo_step undo_one(const undo_entry& entry, undoing& all) {
  return one_undo{entry, all}.run();
}

} // namespace troupe
