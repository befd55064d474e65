#include "actors/state/undo.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class one_undo {
public:
  one_undo(const undo_entry& entry, host& machine, const std::string& folder,
           bool check_mode)
      : entry_{entry}, files_{machine.files()}, folder_{folder}, check_mode_{
                                                                   check_mode} {
  }

  undo_step run() {
    if (entry_.kind == "program")
      return failed(entry_.lost);
    auto now = files_.status(entry_.path, false);
    if (!now)
      return failed(now.why().message);
    now_ = *now;
    if (entry_.kind == "absent")
      return remove();
    if (!entry_.whole)
      return now_ ? dress("mode and owner restored")
                  : failed("it is gone, and its content was not kept");
    if (!entry_.lost.empty())
      return failed(entry_.lost);
    if (entry_.kind == "file")
      return restore_file();
    if (entry_.kind == "link")
      return restore_link();
    if (entry_.kind == "directory")
      return restore_directory();
    return failed("it was a device, a pipe or a socket");
  }

private:
  undo_step done(std::string what) const {
    return {entry_.path, std::move(what), false};
  }

  undo_step failed(std::string why) const {
    return {entry_.path, std::move(why), true};
  }

  undo_step remove() {
    if (!now_)
      return done("as before");
    if (check_mode_)
      return done("to be removed");
    auto gone = files_.remove(entry_.path);
    return gone ? done("removed") : failed(gone.why().message);
  }

  /// Owner, mode and time of change.
  undo_step dress(std::string what) {
    if (check_mode_)
      return done("to be " + what);
    bool link = entry_.kind == "link";
    // The owner first: a change of it clears set-user-id bits.
    auto put = files_.set_owner(entry_.path, entry_.uid, entry_.gid, false);
    if (put && !link)
      put = files_.set_mode(entry_.path, entry_.mode);
    if (put && !link)
      put = files_.set_times(entry_.path, {}, to_file_time(entry_.modified),
                             false);
    return put ? done(std::move(what)) : failed(put.why().message);
  }

  /// Takes away what is in the way of something of another kind.
  result<void> clear_way(file_kind wanted) {
    if (!now_ || now_->kind == wanted)
      return {};
    return files_.remove(entry_.path);
  }

  undo_step restore_file() {
    if (check_mode_)
      return done("to be restored");
    if (auto clear = clear_way(file_kind::regular); !clear)
      return failed(clear.why().message);
    auto from = folder_ + "/" + entry_.kept;
    file_attributes wanted{entry_.mode, entry_.uid, entry_.gid};
    auto put = files_.replace_from(entry_.path, from, wanted, {});
    return put ? dress("restored") : failed(put.why().message);
  }

  undo_step restore_link() {
    if (check_mode_)
      return done("to be restored");
    if (now_)
      if (auto gone = files_.remove(entry_.path); !gone)
        return failed(gone.why().message);
    auto put = files_.make_symlink(entry_.target, entry_.path);
    return put ? dress("restored") : failed(put.why().message);
  }

  undo_step restore_directory() {
    if (check_mode_)
      return done("to be restored");
    if (auto clear = clear_way(file_kind::directory); !clear)
      return failed(clear.why().message);
    if (!now_ || now_->kind != file_kind::directory)
      if (auto made = files_.make_directory(entry_.path, entry_.mode); !made)
        return failed(made.why().message);
    return dress("restored");
  }

  const undo_entry& entry_;
  file_system& files_;
  const std::string& folder_;
  bool check_mode_;
  std::optional<file_status> now_;
};

} // namespace

std::vector<undo_step> undo_changes(const std::vector<undo_entry>& changes,
                                    host& machine, const std::string& folder,
                                    bool check_mode) {
  std::vector<undo_step> out;
  for (auto i = changes.rbegin(); i != changes.rend(); ++i)
    out.push_back(one_undo{*i, machine, folder, check_mode}.run());
  return out;
}

} // namespace troupe
