#include "modules/support/packages/package_tool.hpp"

#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The lines at the end of an output say why a command failed.
std::string last_lines(const process_result& ended) {
  auto& text = ended.err.bytes.empty() ? ended.out.bytes : ended.err.bytes;
  auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos)
    return {};
  auto begin = end > 500 ? text.find('\n', end - 500) : 0;
  if (begin == std::string::npos)
    begin = end - 500;
  auto first = text.find_first_not_of(" \t\r\n", begin);
  return text.substr(first, end + 1 - first);
}

void merge(module_result& into, module_result&& from) {
  into.changed = into.changed || from.changed;
  for (auto& [key, x] : from.data)
    into.data.set(key, x);
  if (from.failed) {
    into.failed = true;
    into.timed_out = from.timed_out;
    into.cancelled = from.cancelled;
    into.why = from.why;
    into.msg = std::move(from.msg);
  }
}

/// One call of `run_package_task`.
class package_work {
public:
  package_work(const package_backend& backend, const package_task& task,
               const module_context& ctx)
      : backend_{backend}, task_{task}, ctx_{ctx} {
  }

  module_result run() {
    if (task_.update_cache && !ctx_.check_mode && !refresh())
      return std::move(out_);
    if (task_.upgrade_all && !upgrade())
      return std::move(out_);
    if (task_.names.empty()) {
      if (task_.update_cache && !task_.upgrade_all)
        out_.changed = true;
      return std::move(out_);
    }
    auto chosen = choose();
    if (!chosen)
      return module_result::failure(chosen.why());
    if (chosen->empty()) {
      out_.msg
        = task_.state == "absent" ? "nothing to remove" : "nothing to install";
      return std::move(out_);
    }
    act(*chosen);
    return std::move(out_);
  }

private:
  bool step(std::vector<std::string> command, const std::string& what) {
    ctx_.changing(what);
    auto ended = backend_.tool().run(std::move(command));
    auto result = ended ? package_result(*ended, what, backend_.missing_marks())
                        : module_result::failure(ended.why());
    result.changed = ended && !result.failed && backend_.changed_by(*ended);
    merge(out_, std::move(result));
    return !out_.failed;
  }

  bool refresh() {
    auto command = backend_.refresh();
    auto changed = out_.changed;
    auto done
      = command.empty() || step(std::move(command), "update the package cache");
    out_.changed = changed;
    return done;
  }

  bool upgrade() {
    auto command = backend_.upgrade_all();
    if (command.empty()) {
      merge(out_, module_result::failure(
                    errc::unsupported,
                    "this package manager cannot upgrade everything"));
      return false;
    }
    if (ctx_.check_mode) {
      out_.changed = true;
      ctx_.doubt();
      return true;
    }
    return step(std::move(command), "upgrade the packages");
  }

  /// What a package needs that is not as it shall be.
  effect needed_by(bool installed) const {
    return task_.state == "absent" ? effect::removed
           : installed             ? effect::changed
                                   : effect::made;
  }

  /// The packages that are not as they shall be.
  result<std::vector<std::string>> choose() {
    std::vector<std::string> out;
    auto latest = task_.state == "latest";
    for (auto& name : task_.names) {
      auto status = backend_.look(name, latest);
      if (!status)
        return status.why();
      if (ctx_.predicted)
        if (auto made = ctx_.predicted->what().package(name))
          status = package_status{*made, false};
      auto wrong = task_.state == "absent"
                     ? status->installed
                     : !status->installed || (latest && status->outdated);
      if (!wrong)
        continue;
      out.push_back(name);
      effects_.push_back(needed_by(status->installed));
    }
    return out;
  }

  void act(const std::vector<std::string>& names) {
    auto absent = task_.state == "absent";
    list shown;
    for (auto& name : names)
      shown.push_back(name);
    out_.data.set("packages", std::move(shown));
    auto list = fmt::format("{}", fmt::join(names, ", "));
    if (ctx_.check_mode) {
      out_.changed = true;
      out_.msg
        = fmt::format("would {} {}", absent ? "remove" : "install", list);
      for (size_t i = 0; i < names.size(); ++i)
        note_package(names[i], effects_[i], ctx_);
      return;
    }
    auto command = absent ? backend_.remove(names)
                          : backend_.install(names, task_.state == "latest");
    if (step(std::move(command),
             fmt::format("{} {}", absent ? "remove" : "install", list)))
      out_.msg = fmt::format("{} {}", absent ? "removed" : "installed", list);
  }

  const package_backend& backend_;
  const package_task& task_;
  const module_context& ctx_;
  module_result out_;
  // What becomes of those that were chosen.
  std::vector<effect> effects_;
};

} // namespace

bool package_tool::is_locked(const process_result& ended) const {
  return ended.rc != 0
         && std::any_of(lock_marks.begin(), lock_marks.end(), [&](auto mark) {
              return holds(ended.err.bytes, mark)
                     || holds(ended.out.bytes, mark);
            });
}

result<process_result> package_tool::run(std::vector<std::string> argv) const {
  if (auto fine = check_program_paths(argv, {}, ctx_); !fine)
    return fine.why();
  process_spec spec;
  spec.argv = std::move(argv);
  spec.environment = {{"LC_ALL", "C.UTF-8"}, {"LANGUAGE", "C"}};
  spec.environment.insert(spec.environment.end(), environment.begin(),
                          environment.end());
  spec.environment.insert(spec.environment.end(), ctx_.environment.begin(),
                          ctx_.environment.end());
  spec.deadline = ctx_.deadline;
  spec.stop = ctx_.stop;
  // Services that a package starts must outlive the task.
  spec.detach = true;
  auto& clock = ctx_.machine.clock();
  auto until = clock.steady_now() + lock_wait_;
  for (;;) {
    auto ended = ctx_.machine.processes().run(spec);
    if (!ended || !is_locked(*ended))
      return ended;
    if (clock.steady_now() >= until)
      return error{errc::timeout,
                   fmt::format("another program held the lock of the package "
                               "manager for {} s: {}",
                               lock_wait_.count(), last_lines(*ended))};
    if (!ctx_.wait(std::chrono::seconds{1}))
      return ctx_.must_end();
  }
}

result<bool> package_tool::succeeds(std::vector<std::string> argv) const {
  auto ended = run(std::move(argv));
  if (!ended)
    return ended.why();
  return ended->rc == 0;
}

void note_package(const std::string& name, effect what,
                  const module_context& ctx) {
  if (!ctx.predicted)
    return;
  ctx.predicted->what().note_package(name, what != effect::removed);
  foresee(ctx, what, name);
}

std::string plain_state(const std::string& state) {
  if (state == "installed")
    return "present";
  if (state == "removed" || state == "uninstalled")
    return "absent";
  return state == "upgraded" ? "latest" : state;
}

module_result
package_result(const process_result& ended, const std::string& what,
               const std::vector<std::string_view>& missing_marks) {
  module_result out;
  for (auto is_error : {false, true}) {
    auto text = readable(is_error ? ended.err : ended.out, size_t{64} << 10);
    auto name = is_error ? "stderr" : "stdout";
    out.data.set(fmt::format("{}_lines", name), lines_of(text));
    out.data.set(name, value::from_host(std::move(text)));
  }
  out.data.set("rc", ended.rc);
  if (ended.rc == 0)
    return out;
  out.failed = true;
  out.timed_out = ended.timed_out;
  out.cancelled = ended.cancelled;
  auto missing
    = std::any_of(missing_marks.begin(), missing_marks.end(), [&](auto mark) {
        return holds(ended.err.bytes, mark) || holds(ended.out.bytes, mark);
      });
  out.why = ended.timed_out   ? errc::timeout
            : ended.cancelled ? errc::cancelled
            : missing         ? errc::not_found
                              : errc::command_failed;
  out.msg
    = fmt::format("cannot {}: {}", what,
                  ended.timed_out ? "it took too long" : last_lines(ended));
  return out;
}

std::vector<std::string> package_names(const arguments& args) {
  std::vector<std::string> out;
  for (auto& item : args.texts("name"))
    for (auto& name : split_text(item, ',')) {
      auto begin = name.find_first_not_of(" \t");
      if (begin != std::string::npos)
        out.push_back(
          name.substr(begin, name.find_last_not_of(" \t") - begin + 1));
    }
  return out;
}

module_result run_package_task(const package_backend& backend,
                               const package_task& task,
                               const module_context& ctx) {
  return package_work{backend, task, ctx}.run();
}

} // namespace troupe
