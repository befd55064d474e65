#include "modules/support/files/file_states.hpp"

#include "modules/support/files/below.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

module_result state_failed(const error& why, const file_task& task) {
  auto out = module_result::failure(why);
  out.data.set("path", task.path);
  return out;
}

/// The path itself, or what it points to when links are followed.
result<std::string> followed(const file_task& task, const module_context& ctx) {
  if (!task.follow)
    return task.path;
  auto status = ctx.machine.files().status(task.path, false);
  if (!status)
    return status.why();
  if (!*status || (*status)->kind != file_kind::symlink)
    return task.path;
  // What is not there yet has no real path.
  auto target = end_of_links(task.path, ctx);
  if (!target)
    return target;
  auto real = ctx.machine.files().real_path(*target);
  return real ? real : target;
}

} // namespace

result<std::string> current_state(const std::string& path,
                                  const module_context& ctx) {
  auto status = ctx.machine.files().status(path, false);
  if (!status)
    return status.why();
  return std::string{*status ? state_name(**status) : "absent"};
}

void note_state(module_result& out, const file_task& task,
                std::string_view before, std::string_view after,
                const module_context& ctx) {
  note_difference(out, "path", task.path, task.path);
  if (before != after)
    note_difference(out, "state", std::string{before}, std::string{after});
  auto made = before == "absent";
  auto removed = after == "absent";
  auto seen = removed ? before : after;
  foresee(ctx,
          made      ? effect::made
          : removed ? effect::removed
                    : effect::changed,
          task.path,
          seen == "directory" || seen == "link" ? std::string{seen} : "");
}

result<bool> apply_all(const std::string& path, const file_task& task,
                       const module_context& ctx, module_result& out) {
  auto real = path;
  auto& files = ctx.machine.files();
  auto status = files.status(path, false);
  if (!status)
    return status.why();
  if (*status && (*status)->kind == file_kind::symlink && task.follow) {
    auto target = files.status(path, true);
    if (!target)
      return target.why();
    if (!*target) {
      out.warnings.push_back(
        fmt::format("'{}' is a link to nothing, so attributes cannot be set; "
                    "use follow: false for those of the link",
                    path));
      return false;
    }
    auto resolved = files.real_path(path);
    if (!resolved)
      return resolved.why();
    real = *resolved;
    status = target;
  }
  if (!*status)
    return false;
  auto attributes
    = apply_attributes(real, **status, task.attributes, false, ctx, out);
  if (!attributes)
    return attributes;
  auto times = apply_times(real, **status, task, false, ctx, out);
  if (!times)
    return times;
  return *attributes || *times;
}

module_result ensure_file(const file_task& task, const module_context& ctx) {
  module_result out;
  auto path = followed(task, ctx);
  if (!path)
    return state_failed(path.why(), task);
  auto state = current_state(*path, ctx);
  if (!state)
    return state_failed(state.why(), task);
  if (*state == "absent" || *state == "directory" || *state == "link") {
    auto failed
      = *state == "absent"
          ? state_failed({errc::not_found,
                          fmt::format("file ({}) is absent, cannot continue: "
                                      "state 'file' changes only what is there "
                                      "(use 'touch' or copy to create it)",
                                      task.path)},
                         task)
          : state_failed(
            {errc::invalid_argument,
             fmt::format("file ({}) is {}, cannot continue: it is no file",
                         task.path, *state)},
            task);
    failed.data.set("state", *state);
    return failed;
  }
  note_state(out, task, *state, *state, ctx);
  // What counts is what a link leads to.
  note_difference(out, "path", *path, *path);
  auto changed = apply_all(*path, task, ctx, out);
  if (!changed)
    return state_failed(changed.why(), task);
  out.changed = *changed;
  out.data.set("path", *path);
  add_path_info(out, *path, ctx);
  return out;
}

namespace {

/// The attributes of a folder, of those that were made on the way to it and, if
/// the task says so, of all below. Only its own are noted as different.
result<bool> dress_folders(const std::string& path,
                           const std::vector<std::string>& made,
                           const file_task& task, const module_context& ctx,
                           module_result& out) {
  module_result unseen;
  // Each folder that was missing gets them, as `mkdir -p` cannot.
  for (auto& folder : made)
    if (auto done = apply_all(folder, task, ctx, unseen); !done)
      return done;
  auto changed = apply_all(path, task, ctx, out);
  if (!changed)
    return changed;
  auto below
    = task.recurse ? apply_below(path, task, ctx, unseen) : result<bool>{false};
  if (!below)
    return below;
  for (auto& each : unseen.warnings)
    out.warnings.push_back(std::move(each));
  return *changed || *below;
}

} // namespace

module_result ensure_directory(const file_task& task,
                               const module_context& ctx) {
  module_result out;
  auto path = followed(task, ctx);
  if (!path)
    return state_failed(path.why(), task);
  if (ctx.predicted)
    ctx.predicted->expect_folder(*path);
  auto state = current_state(*path, ctx);
  if (!state)
    return state_failed(state.why(), task);
  if (*state != "absent" && *state != "directory")
    return state_failed(
      {errc::invalid_argument,
       fmt::format("cannot create directory '{}': it exists as a "
                   "{}",
                   task.path, *state)},
      task);
  note_state(out, task, *state, "directory", ctx);
  note_difference(out, "path", *path, *path);
  out.data.set("path", *path);
  auto& files = ctx.machine.files();
  auto made = make_folders(*path, 0777 & ~files.umask(), ctx);
  if (!made)
    return state_failed(made.why(), task);
  auto changed = dress_folders(*path, *made, task, ctx, out);
  if (!changed)
    return state_failed(changed.why(), task);
  out.changed = !made->empty() || *changed;
  add_path_info(out, *path, ctx);
  return out;
}

module_result ensure_touched(const file_task& task, const module_context& ctx) {
  module_result out;
  auto state = current_state(task.path, ctx);
  if (!state)
    return state_failed(state.why(), task);
  note_state(out, task, *state, "touch", ctx);
  out.data.set("dest", task.path);
  auto& files = ctx.machine.files();
  bool fresh = *state == "absent";
  if (fresh) {
    out.changed = true;
    if (auto done = files.touch(task.path, 0666); !done)
      return state_failed(done.why(), task);
  }
  if (*state == "link" && !(task.accessed.keep && task.modified.keep)) {
    auto target = files.status(task.path, true);
    if (!target)
      return state_failed(target.why(), task);
    if (!*target)
      return state_failed(
        {errc::not_found, fmt::format("cannot touch '{}': it is a link to "
                                      "nothing",
                                      task.path)},
        task);
  }
  auto changed = apply_all(task.path, task, ctx, out);
  if (!changed) {
    // A file that is not as it was asked for is not left behind; that it cannot
    // be removed either is not why the task has failed.
    if (fresh)
      static_cast<void>(files.remove(task.path));
    return state_failed(changed.why(), task);
  }
  out.changed = out.changed || *changed;
  add_path_info(out, task.path, ctx);
  return out;
}

namespace {

/// What is below a folder, for those who look at differences.
class folder_content {
public:
  explicit folder_content(file_system& files) : files_{files} {
  }

  void read(const std::string& folder) {
    constexpr size_t most = 10'000;
    auto names = files_.list(folder);
    // What cannot be looked at is told by its removal.
    if (!names)
      return;
    for (auto& name : *names) {
      if (++seen_ > most)
        return;
      auto path = joined(folder, name);
      auto status = files_.status(path, false);
      bool inner = status && *status && (*status)->kind == file_kind::directory;
      (inner ? folders_ : plain_).push_back(path);
      if (inner)
        read(path);
    }
  }

  value take() {
    return dict{{"directories", std::move(folders_)},
                {"files", std::move(plain_)}};
  }

private:
  file_system& files_;
  size_t seen_ = 0;
  list folders_;
  list plain_;
};

} // namespace

module_result ensure_absent(const file_task& task, const module_context& ctx) {
  module_result out;
  auto state = current_state(task.path, ctx);
  if (!state)
    return state_failed(state.why(), task);
  note_state(out, task, *state, "absent", ctx);
  out.data.set("path", task.path);
  out.data.set("state", "absent");
  if (*state == "absent") {
    // What was not run may have made it.
    if (ctx.unsure())
      hold_back(out, ctx);
    return out;
  }
  out.changed = true;
  auto& files = ctx.machine.files();
  if (*state == "directory" && ctx.diff_mode) {
    folder_content content{files};
    content.read(task.path);
    out.diff.as_dict().find("before")->as_dict().set("path_content",
                                                     content.take());
  }
  auto done = *state == "directory" ? files.remove_all(task.path)
                                    : files.remove(task.path);
  if (!done)
    return state_failed(done.why(), task);
  return out;
}

} // namespace troupe
