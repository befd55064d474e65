#include "modules/support/files/file_states.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

module_result failed(const error& why, const file_task& task) {
  auto out = module_result::failure(why);
  out.data.set("dest", task.path);
  out.data.set("src", task.src);
  return out;
}

module_result refused(const file_task& task, std::string why) {
  return failed({errc::invalid_argument, std::move(why)}, task);
}

/// What is at the path may be replaced by a link only under conditions.
result<void> may_convert(const file_task& task, const std::string& state,
                         const module_context& ctx) {
  if (state == "link" || state == "absent")
    return {};
  if (!task.force)
    return error{errc::invalid_argument,
                 fmt::format("'{}' exists as a {} and is not replaced by a "
                             "link without force",
                             task.path, state)};
  if (state != "directory")
    return {};
  auto names = ctx.machine.files().list(task.path);
  if (!names)
    return names.why();
  if (!names->empty())
    return error{errc::invalid_argument,
                 fmt::format("the directory '{}' is not empty and is not "
                             "replaced by a link",
                             task.path)};
  return {};
}

/// Makes the link where something else may be.
result<void>
put_in_place(const file_task& task, const std::string& state,
             const std::function<result<void>(const std::string&)>& make,
             const module_context& ctx) {
  auto& files = ctx.machine.files();
  if (state == "absent")
    return make(task.path);
  if (state == "directory")
    if (auto gone = files.remove(task.path); !gone)
      return gone;
  return put_beside_first(task.path, make, ctx);
}

/// The target of a link; the one that is there when the plan names none.
result<std::string> link_target(const file_task& task, const std::string& state,
                                const module_context& ctx) {
  if (task.has_src)
    return task.src;
  if (state == "link")
    return ctx.machine.files().read_link(task.path);
  return error{errc::missing_argument,
               "src is required for creating new symlinks"};
}

/// Attributes and report, when the link is in its place.
module_result finish(module_result out, const file_task& task,
                     const module_context& ctx) {
  auto changed = apply_all(task.path, task, ctx, out);
  if (!changed)
    return failed(changed.why(), task);
  out.changed = out.changed || *changed;
  out.data.set("path", task.path);
  add_path_info(out, task.path, ctx);
  return out;
}

} // namespace

module_result ensure_link(const file_task& task, const module_context& ctx) {
  auto& files = ctx.machine.files();
  auto state = current_state(task.path, ctx);
  if (!state)
    return failed(state.why(), task);
  auto src = link_target(task, *state, ctx);
  if (!src)
    return failed(src.why(), task);
  auto base = *state == "directory" ? task.path : parent_of(task.path);
  auto target = src->starts_with("/") ? *src : joined(base, *src);
  if (!task.force) {
    auto there = files.status(target, true);
    if (!there)
      return failed(there.why(), task);
    if (!*there)
      return failed({errc::not_found,
                     fmt::format("the target '{}' does not exist; use force to "
                                 "create the link nevertheless",
                                 target)},
                    task);
  }
  if (auto fine = may_convert(task, *state, ctx); !fine)
    return failed(fine.why(), task);
  module_result out;
  out.data.set("dest", task.path);
  out.data.set("src", *src);
  note_state(out, task, *state, "link", ctx);
  auto old = *state == "link" ? files.read_link(task.path)
                              : result<std::string>{std::string{}};
  if (!old)
    return failed(old.why(), task);
  out.changed = *state != "link" || *old != *src;
  if (*state == "link" && out.changed)
    note_difference(out, "src", *old, *src);
  if (out.changed) {
    auto done = put_in_place(
      task, *state,
      [&](const std::string& at) { return files.make_symlink(*src, at); }, ctx);
    if (!done)
      return failed(done.why(), task);
  }
  return finish(std::move(out), task, ctx);
}

module_result ensure_hard_link(const file_task& task,
                               const module_context& ctx) {
  auto& files = ctx.machine.files();
  if (!task.has_src)
    return failed(
      {errc::missing_argument, "src is required for creating new hardlinks"},
      task);
  auto source = files.status(task.src, true);
  if (!source)
    return failed(source.why(), task);
  if (!*source)
    return failed({errc::not_found, "src does not exist"}, task);
  auto state = current_state(task.path, ctx);
  auto there = files.status(task.path, false);
  if (!state || !there)
    return failed(state ? there.why() : state.why(), task);
  // The new name is one of what `src` names, a link's own too.
  auto named = files.status(task.src, false);
  if (!named)
    return failed(named.why(), task);
  auto is = [&](const std::optional<file_status>& other) {
    return *there && other && (*there)->inode == other->inode
           && (*there)->device == other->device;
  };
  auto same = is(*source) || is(*named);
  module_result out;
  out.data.set("dest", task.path);
  out.data.set("src", task.src);
  note_state(out, task, same ? "hard" : *state, "hard", ctx);
  if (!same) {
    if (*state == "directory")
      return refused(
        task, fmt::format("cannot link '{}': it is a directory", task.path));
    if (*named && (*named)->kind == file_kind::directory)
      return refused(task, fmt::format("cannot link '{}' to '{}': that is a "
                                       "directory, which has one name only",
                                       task.path, task.src));
    if (*state != "absent" && *state != "link" && !task.force)
      return refused(task,
                     fmt::format("cannot link '{}': another file is there, "
                                 "and it is not replaced without force",
                                 task.path));
    out.changed = true;
    auto done = put_in_place(
      task, *state,
      [&](const std::string& at) { return files.make_hard_link(task.src, at); },
      ctx);
    if (!done)
      return failed(done.why(), task);
  }
  return finish(std::move(out), task, ctx);
}

} // namespace troupe
