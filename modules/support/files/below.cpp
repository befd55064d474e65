#include "modules/support/files/below.hpp"

#include "modules/support/files/paths.hpp"

#include <cmath>
#include <set>

namespace troupe {

namespace {

double now_of(const module_context& ctx) {
  return std::chrono::duration<double>(
           ctx.machine.clock().now().time_since_epoch())
    .count();
}

/// The time to set, or nothing when it is right already.
std::optional<double> time_to_set(const wanted_time& wanted, double current,
                                  const module_context& ctx) {
  if (wanted.keep)
    return std::nullopt;
  auto seconds = wanted.seconds.value_or(now_of(ctx));
  // A double holds seconds of our days to less than a microsecond.
  if (std::abs(seconds - current) < 1e-6)
    return std::nullopt;
  return seconds;
}

} // namespace

result<bool> apply_times(const std::string& path, const file_status& status,
                         const file_task& task, bool below,
                         const module_context& ctx, module_result& out) {
  auto accessed = time_to_set(task.accessed, status.accessed, ctx);
  auto modified = time_to_set(task.modified, status.modified, ctx);
  if (!accessed && !modified)
    return false;
  if (accessed)
    note_difference(out, "atime", status.accessed, *accessed);
  if (modified)
    note_difference(out, "mtime", status.modified, *modified);
  auto exact = [](std::optional<double> seconds) {
    return seconds ? std::optional{to_file_time(*seconds)} : std::nullopt;
  };
  auto& files = ctx.machine.files();
  auto done = (below ? files.without_links() : files)
                .set_times(path, exact(accessed), exact(modified), false);
  if (!done)
    return done.why();
  return true;
}

namespace {

/// One walk. All paths begin with the real path of a folder, and each name was
/// seen to be no link, so they are free of links for ever.
class walk_below {
public:
  walk_below(const file_task& task, const module_context& ctx,
             module_result& out)
      : task_{task}, ctx_{ctx}, out_{out} {
  }

  result<bool> folder(const std::string& path) {
    auto names = strict().list(path);
    if (!names)
      return names.why();
    auto changed = false;
    for (auto& name : *names) {
      auto one = entry(joined(path, name));
      if (!one)
        return one;
      changed = changed || *one;
    }
    return changed;
  }

private:
  file_system& strict() const {
    return ctx_.machine.files().without_links();
  }

  result<bool> entry(const std::string& path) {
    auto status = strict().status(path, false);
    if (!status)
      return status.why();
    // Gone since it was listed.
    if (!*status)
      return false;
    auto changed = apply(path, **status);
    if (!changed || (*status)->kind != file_kind::symlink || !task_.follow)
      return changed;
    auto more = target(path);
    return more ? *changed || *more : more;
  }

  /// What a link leads to. One that leads nowhere, or in a circle, is no
  /// reason to leave out the rest.
  result<bool> target(const std::string& link) {
    auto& files = ctx_.machine.files();
    auto real = files.real_path(link);
    if (!real)
      return false;
    auto status = strict().status(*real, false);
    if (!status)
      return status.why();
    return *status ? apply(*real, **status) : false;
  }

  result<bool> apply(const std::string& path, const file_status& status) {
    auto one
      = apply_attributes_below(path, status, task_.attributes, ctx_, out_);
    if (!one)
      return one;
    auto times = status.kind == file_kind::symlink
                   ? result<bool>{false}
                   : apply_times(path, status, task_, true, ctx_, out_);
    if (!times)
      return times;
    auto changed = *one || *times;
    if (status.kind == file_kind::directory
        && seen_.insert({status.device, status.inode}).second) {
      auto more = folder(path);
      if (!more)
        return more;
      changed = changed || *more;
    }
    return changed;
  }

  const file_task& task_;
  const module_context& ctx_;
  module_result& out_;
  std::set<std::pair<uint64_t, uint64_t>> seen_;
};

} // namespace

result<bool> apply_below(const std::string& top, const file_task& task,
                         const module_context& ctx, module_result& out) {
  auto real = ctx.machine.files().real_path(top);
  if (!real)
    return real.why();
  return walk_below{task, ctx, out}.folder(*real);
}

} // namespace troupe
