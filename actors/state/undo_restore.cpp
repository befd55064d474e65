#include "actors/state/undo_restore.hpp"

#include "actors/state/undo_obstacles.hpp"
#include "actors/state/undo_swap.hpp"
#include "actors/state/undo_torn.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class restoring {
public:
  explicit restoring(undo_site& site)
      : site_{site}, entry_{site.entry}, all_{site.all}, files_{
                                                           site.all.files} {
  }

  undo_step run() {
    if (entry_.kind == "absent")
      return remove();
    if (!entry_.whole)
      return restore_dress();
    if (!entry_.kept.lost.empty())
      return site_.failed(entry_.kept.lost);
    if (all_.terms.check_mode)
      return predict();
    if (auto clear = clear_way(); !clear)
      return site_.failed(clear.why().message);
    if (entry_.kind == "link")
      return restore_link();
    if (entry_.kind == "directory")
      return restore_directory();
    if (entry_.kept.itself)
      return restore_itself(site_.kept());
    if (auto itself = twin(); !itself.empty())
      return restore_itself(itself);
    auto other = other_name();
    return other ? restore_name(*other) : restore_copy();
  }

private:
  undo_step restore_dress() {
    // Of what is only foretold the names know.
    site_.original = site_.predicted() ? all_.names.is_original(entry_)
                                       : is_the_same(site_.comparison());
    if (!site_.now && !site_.predicted())
      return site_.failed("it is gone, and its content was not kept");
    if (goes_itself())
      return leave_dress();
    auto out = dress("restored", site_.now, "mode and owner ");
    // That it is a file of its own has been told, and counted, before.
    if (!out.failed && site_.put_back && !site_.original
        && all_.names.count(entry_) > 1 && !all_.names.has_all(entry_))
      out.what += ", but not those of the other names of the file that it was, "
                  "which keep what the run has given them";
    return out.failed || all_.terms.check_mode ? out
                                               : dress_copies(std::move(out));
  }

  /// Another name of the file may be back as a copy, which has the owner and
  /// mode that this name's change gave to both.
  undo_step dress_copies(undo_step out) {
    if (!site_.original)
      return out;
    for (auto& each : all_.names.of(entry_)) {
      auto& path = each.change->path;
      auto placed = all_.put_back.find(path);
      auto now = files_.status(path, false);
      if (each.original || !now || !*now || placed == all_.put_back.end()
          || !placed->second || !is_same_file(**now, *placed->second))
        continue;
      if (auto put = files_.dress(path, **now, dress_before(**now)); !put)
        return site_.failed(fmt::format("{}, but not of '{}': {}", out.what,
                                        path, put.why().message));
    }
    return out;
  }

  /// Whether the run has made what is there: an older change takes it away. Who
  /// gave it another mode before that would show others what is in it, should
  /// it have to stay. Another name of an older file goes without that file.
  bool goes_itself() const {
    auto* made = last_whole(all_.history[entry_.path], entry_);
    if (made == nullptr || !site_.now || entry_.after.flags
        || kind_name(site_.now->kind) != made->after.kind)
      return false;
    return made->after.kind == "directory"
           || (made->kind == "absent" && made->after.kind == "file"
               && made->after.inode == 0 && !entry_.after.modified);
  }

  undo_step leave_dress() {
    auto look = *site_.now;
    auto wanted = dress_before(look);
    look.mode = wanted.mode;
    look.uid = wanted.uid;
    look.gid = wanted.gid;
    look.modified_at = wanted.modified.value_or(look.modified_at);
    all_.worn[entry_.path] = look;
    if (!all_.terms.check_mode && look.kind == file_kind::directory)
      open_to_owner(look.mode);
    site_.placed = site_.now;
    return site_.done("mode and owner stay until it goes");
  }

  /// What is in a folder can only go where its owner may write to it.
  void open_to_owner(uint32_t mode) {
    constexpr uint32_t owner = 0700;
    auto now = files_.status(entry_.path, false);
    if (!now || !*now || !is_same_file(**now, *site_.now)
        || (mode & owner & ~(*now)->mode) == 0)
      return;
    auto closed = (*now)->mode;
    if (files_.dress(entry_.path, **now,
                     {closed | (mode & owner), (*now)->uid, (*now)->gid}))
      all_.opened.try_emplace(entry_.path, closed);
  }

  undo_step predict() {
    if (!has_folder())
      return site_.failed("its folder is not there");
    if (auto why = cannot_write(site_, false); !why.empty())
      return site_.failed(std::move(why));
    auto out = site_.done("to be restored");
    site_.original = entry_.kept.itself;
    if (entry_.kind != "file" || site_.original)
      return out;
    auto other = other_name();
    site_.original = !twin().empty() || (other && other->original);
    return told_if_alone(std::move(out), other.has_value());
  }

  /// Another name of the file that it was, which is back and looks as this one
  /// did.
  std::optional<name_back> other_name() const {
    for (auto& each : all_.names.of(entry_))
      if (looks_as_before(each) && has_content_of(each))
        return each;
    for (auto* each : all_.names.only_dressed(entry_))
      if (name_back live{each, each->path, true};
          is_the_file(each->path) && has_content_of(live))
        return live;
    return std::nullopt;
  }

  /// Whether that path, of which the run has only changed owner and mode, still
  /// leads to the very file that this one did, looking as this one did.
  bool is_the_file(const std::string& path) const {
    auto now = files_.status(path, false);
    if (!now || !*now)
      return false;
    return is_the_same({files_, entry_, *now, {}, false, false})
           && looks_as_found(all_.names.foretold(**now), entry_);
  }

  /// Whether what was made is another name of the file that was to have one.
  bool is_name_of(const std::optional<file_status>& made,
                  const name_back& other) const {
    auto placed = all_.put_back.find(other.change->path);
    if (!made)
      return false;
    if (placed != all_.put_back.end())
      return placed->second && is_same_file(*made, *placed->second);
    return is_the_same({files_, entry_, made, {}, false, false});
  }

  bool looks_as_before(const name_back& other) const {
    if (all_.terms.check_mode) {
      auto& then = *other.change;
      return then.mode == entry_.mode && then.uid == entry_.uid
             && then.gid == entry_.gid && then.modified == entry_.modified;
    }
    auto& path = other.change->path;
    auto now = files_.status(path, false);
    auto placed = all_.put_back.find(path);
    return now && *now && placed != all_.put_back.end() && placed->second
           && is_same_file(**now, *placed->second)
           && looks_as_found(**now, entry_);
  }

  bool has_content_of(const name_back& other) const {
    auto theirs = files_.digest(other.content, "sha256");
    auto own = files_.digest(site_.kept(), "sha256");
    return theirs && own && *theirs == *own;
  }

  std::string twin() const {
    return kept_twin(all_.history[entry_.path], site_.comparison(),
                     all_.terms.folder);
  }

  /// In check mode: there, or to be restored before this.
  bool has_folder() const {
    auto folder = entry_.path.substr(0, entry_.path.rfind('/'));
    auto now = files_.status(folder + "/.", false);
    return (now && *now)
           || (all_.put_back.contains(folder) && !all_.gone.contains(folder));
  }

  std::string word(const char* what) const {
    return all_.terms.check_mode ? std::string{"to be "} + what : what;
  }

  undo_step remove() {
    if (!site_.now)
      return site_.done(site_.predicted() ? "to be removed" : "as before");
    if (all_.terms.check_mode)
      return predict_removal();
    auto gone = take_away(files_, entry_.path, *site_.now);
    if (gone)
      return site_.done("removed");
    auto why = gone.why().message;
    if (site_.now->kind == file_kind::directory)
      if (auto names = files_.list(entry_.path); names && !names->empty())
        why += "; " + is_in_it(names->front());
    return site_.failed(std::move(why));
  }

  /// A folder goes only with nothing in it.
  undo_step predict_removal() {
    if (auto why = cannot_write(site_, false); !why.empty())
      return site_.failed(std::move(why));
    if (site_.now->kind == file_kind::directory) {
      auto names = files_.list(entry_.path);
      if (!names)
        return site_.failed(names.why().message);
      for (auto& name : *names)
        if (!all_.gone.contains(fmt::format("{}/{}", entry_.path, name)))
          return site_.failed(is_in_it(name));
    }
    return site_.done("to be removed");
  }

  std::string is_in_it(const std::string& name) const {
    auto other = all_.history.find(fmt::format("{}/{}", entry_.path, name));
    bool unread
      = entry_.unread
        || (other != all_.history.end() && other->second.front()->unread);
    return fmt::format("{} is in it, which the run did not make or which is "
                       "left alone",
                       unread ? "something" : "'" + name + "'");
  }

  file_dress dress_before(const file_status& whom) const {
    std::optional<file_status> now{whom};
    auto out = dress_to_put_back(
      {files_, entry_, now, site_.kept(), site_.put_back, site_.content_back});
    // What belongs to the old file itself nobody has noted: it is there.
    if (!entry_.whole || !entry_.kept.itself)
      return out;
    if (auto entries = files_.extended_attributes(site_.kept()))
      out.attributes = *std::move(entries);
    if (auto flags = files_.flags(site_.kept()))
      out.flags = *std::move(flags);
    return out;
  }

  /// `which`: what of it, as in front of `what`.
  undo_step dress(const char* what, const std::optional<file_status>& whom,
                  const std::string& which = {}) {
    if (all_.terms.check_mode) {
      auto why = cannot_write(site_, true);
      return why.empty() ? site_.done(which + word(what))
                         : site_.failed(std::move(why));
    }
    site_.placed = whom;
    site_.in_place = true;
    auto put = files_.dress(entry_.path, *whom, dress_before(*whom));
    return put ? site_.done(which + what)
               : site_.failed(
                 fmt::format("{}{}, but not all that belongs to it: {}", which,
                             what, put.why().message));
  }

  /// Takes away a folder that is in the way of something else.
  result<void> clear_way() {
    if (!site_.now || site_.now->kind != file_kind::directory
        || entry_.kind == "directory")
      return {};
    return clear();
  }

  result<void> clear() {
    auto gone = take_away(files_, entry_.path, *site_.now);
    if (gone) {
      site_.now.reset();
      site_.cleared = true;
    }
    return gone;
  }

  /// The very file comes back, with all that belongs to it.
  undo_step restore_itself(const std::string& from) {
    const char* what = "restored";
    if (auto kept = files_.status(from, false)) {
      site_.placed = *kept;
      if (*kept && (*kept)->modified_at != entry_.modified)
        what = "restored, with what was written to it since";
    }
    auto put = put_in(files_, from, entry_.path, site_.now);
    site_.in_place = bool(put);
    site_.original = site_.in_place;
    if (put)
      return site_.done(what);
    // It may have become another mount since; a copy passes everywhere.
    return entry_.kind == "file" ? restore_copy()
                                 : site_.failed(put.why().message);
  }

  /// Gives owner, mode and times to what has not got its name yet, so that
  /// nobody ever finds it there with others. Flags could be in the way of its
  /// name; what fails fails again, and is told, when it is in its place.
  void dress_beside(const std::string& beside, const file_status& made) {
    auto wanted = dress_before(made);
    wanted.flags.reset();
    static_cast<void>(files_.dress(beside, made, wanted));
  }

  /// The path becomes a name of that file again.
  undo_step restore_name(const name_back& other) {
    auto beside = files_.unused_beside(entry_.path);
    if (!files_.make_hard_link(other.change->path, beside))
      return restore_copy();
    auto made = files_.status(beside, false);
    bool same = made && is_name_of(*made, other);
    bool put = same && put_in(files_, beside, entry_.path, site_.now);
    // It also stays when the path was a name of that file already.
    static_cast<void>(files_.remove(beside));
    if (!put)
      return restore_copy();
    site_.placed = *made;
    site_.in_place = true;
    site_.original = other.original;
    return told_if_alone(site_.done("restored"), true);
  }

  undo_step restore_copy() {
    // The new file is known, and dressed, before it has its name, so that no
    // other one is taken for it.
    auto beside = files_.unused_beside(entry_.path);
    auto put = files_.replace_from(beside, site_.kept(), {.mode = 0600}, {});
    if (put) {
      auto made = files_.status(beside, false);
      if (made && *made)
        dress_beside(beside, **made);
      put = put_in(files_, beside, entry_.path, site_.now);
      if (put && made && *made)
        return restored_copy(*made);
      static_cast<void>(files_.remove(beside));
      if (put)
        return site_.failed("it vanished");
    }
    return entry_.in_place && site_.now ? write_through(put.why().message)
                                        : site_.failed(put.why().message);
  }

  undo_step restored_copy(const std::optional<file_status>& made) {
    auto out = dress("restored", made);
    return out.failed ? out : told_if_alone(std::move(out), false);
  }

  /// What the run could not replace an undo cannot either: a bind mount, say.
  /// `why`: the reason.
  undo_step write_through(const std::string& why) {
    auto now = files_.status(entry_.path, false);
    if (!now || !*now || !is_unchanged(**now, *site_.now))
      return site_.failed(why);
    // Cut off half-way it would be neither what was there nor what the run has
    // left, and look like somebody's work.
    auto comes = files_.status(site_.kept(), false);
    auto noted
      = note_in_place(all_.lasting, site_.kept(), in_place_writer::undo, **now,
                      comes && *comes ? (*comes)->size : 0);
    if (!noted)
      return site_.failed(noted.why().message);
    auto put = files_.replace_from(entry_.path, site_.kept(),
                                   {.in_place_if_needed = true}, {});
    auto made = files_.status(entry_.path, false);
    if (!put || !made || !*made)
      return site_.failed(put ? "it vanished" : put.why().message);
    site_.original = is_same_file(**made, **now);
    return restored_copy(*made);
  }

  /// A copy is no longer another name of the file that it was, unless all of
  /// them come back as names of that copy. `joined`: it has others already.
  undo_step told_if_alone(undo_step out, bool joined) {
    auto& history = all_.history[entry_.path];
    auto names = all_.names.count(entry_);
    if (names == 1 || entry_.kind != "file" || site_.original
        || oldest_whole(history) != &entry_)
      return out;
    bool first = all_.names.of(entry_).empty();
    if ((joined || first) && all_.names.has_all(entry_))
      return out;
    site_.back_alone = true;
    return site_.failed(out.what + apart(names, joined));
  }

  undo_step restore_link() {
    auto beside = files_.unused_beside(entry_.path);
    auto put = files_.make_symlink(entry_.target, beside);
    return put ? put_in_place(beside) : site_.failed(put.why().message);
  }

  undo_step restore_directory() {
    if (site_.now)
      if (auto gone = clear(); !gone)
        return site_.failed(gone.why().message);
    auto beside = files_.unused_beside(entry_.path);
    auto made = files_.make_directory(beside, 0700);
    return made ? put_in_place(beside) : site_.failed(made.why().message);
  }

  /// What was made under another name is known by its inode before others can
  /// put something else in its place.
  undo_step put_in_place(const std::string& beside) {
    auto made = files_.status(beside, false);
    if (made && *made)
      dress_beside(beside, **made);
    auto put = put_in(files_, beside, entry_.path, site_.now);
    if (put && made && *made)
      return dress("restored", *made);
    static_cast<void>(files_.remove(beside));
    return site_.failed(put ? "it vanished" : put.why().message);
  }

  undo_site& site_;
  const undo_entry& entry_;
  undoing& all_;
  file_system& files_;
};

} // namespace

std::string apart(uint64_t names, bool joined) {
  return joined ? fmt::format(
           ", but without all other names of its file, which had {}", names)
                : fmt::format(", but as a file of its own: it was one of {} "
                              "names of a file",
                              names);
}

undo_step restore(undo_site& site) {
  return restoring{site}.run();
}

} // namespace troupe
