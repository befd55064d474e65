#include "modules/support/services/service_backend.hpp"

#include "config/value/utf8.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/facts/ansible_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

std::string words_of(const process_result& ended) {
  auto& text = ended.err.bytes.empty() ? ended.out.bytes : ended.err.bytes;
  auto end = text.find_last_not_of(" \t\r\n");
  return end == std::string::npos
           ? std::string{}
           : repair_utf8(text.substr(0, std::min<size_t>(end + 1, 500)));
}

/// One call of `run_service_task`.
class service_work {
public:
  service_work(service_backend& backend, const service_task& task,
               const module_context& ctx)
      : backend_{backend}, task_{task}, ctx_{ctx} {
  }

  module_result run() {
    out_.data.set("name", task_.name);
    auto status = look();
    if (!status)
      return fail(status.why());
    if (auto done = enable(*status); !done)
      return fail(done.why());
    if (auto done = change_state(*status); !done)
      return fail(done.why());
    return std::move(out_);
  }

private:
  /// How the service is, or in check mode how it would be.
  result<service_status> look() {
    auto status = backend_.look();
    if (status && !status->exists)
      status
        = error{errc::not_found,
                fmt::format("Could not find the requested service {}: host",
                            task_.name)};
    if (status && !task_.pattern.empty())
      status->running = process_matches(task_.pattern, ctx_);
    if (!ctx_.predicted)
      return status;
    auto& what = ctx_.predicted->what();
    auto known = what.service(task_.name);
    if (!status && !known.running && !known.enabled) {
      if (!what.is_unsure())
        return status;
      ctx_.predicted->assume(status.why().message);
    }
    auto out = status ? *status : service_status{};
    out.running = known.running.value_or(out.running);
    out.enabled = known.enabled.value_or(out.enabled);
    return out;
  }

  module_result fail(const error& why) {
    auto failed = module_result::failure(why);
    failed.changed = out_.changed;
    failed.data = std::move(out_.data);
    return failed;
  }

  result<void> enable(const service_status& status) {
    if (!task_.enabled)
      return {};
    out_.data.set("enabled", *task_.enabled);
    if (*task_.enabled == status.enabled)
      return {};
    out_.changed = true;
    if (ctx_.predicted)
      ctx_.predicted->what().note_service(task_.name,
                                          {.enabled = task_.enabled});
    if (ctx_.check_mode)
      return {};
    ctx_.changing("service " + task_.name);
    return backend_.set_enabled(*task_.enabled);
  }

  result<void> change_state(const service_status& status) {
    auto& state = task_.state;
    if (state.empty())
      return {};
    out_.data.set(
      "state", state == "restarted" || state == "reloaded" ? "started" : state);
    if ((state == "started" && status.running)
        || (state == "stopped" && !status.running))
      return {};
    out_.changed = true;
    if (ctx_.predicted)
      ctx_.predicted->what().note_service(task_.name,
                                          {.running = state != "stopped"});
    if (ctx_.check_mode)
      return {};
    ctx_.changing("service " + task_.name);
    if (state == "stopped")
      return act("stop");
    // What does not run can neither be restarted nor reloaded.
    if (!status.running)
      return act("start");
    if (state == "reloaded")
      return act("reload");
    if (!task_.sleep)
      return act("restart");
    if (auto done = act("stop"); !done)
      return done;
    if (!ctx_.wait(*task_.sleep)) {
      auto why = ctx_.must_end();
      return error{why.code, fmt::format("the service '{}' was stopped and not "
                                         "started again: {}",
                                         task_.name, why.message)};
    }
    return act("start");
  }

  result<void> act(const std::string& verb) {
    auto done = need_service_tool(backend_.action(verb), ctx_);
    if (!done)
      return error{done.why().code,
                   fmt::format("cannot {} the service '{}': {}", verb,
                               task_.name, done.why().message)};
    return {};
  }

  service_backend& backend_;
  const service_task& task_;
  const module_context& ctx_;
  module_result out_;
};

} // namespace

result<process_result> run_service_tool(std::vector<std::string> argv,
                                        const module_context& ctx) {
  if (auto fine = check_program_paths(argv, {}, ctx); !fine)
    return fine.why();
  process_spec spec;
  spec.argv = std::move(argv);
  spec.environment = {{"LC_ALL", "C"}, {"SYSTEMD_PAGER", ""}};
  spec.environment.insert(spec.environment.end(), ctx.environment.begin(),
                          ctx.environment.end());
  spec.deadline = ctx.deadline;
  spec.stop = ctx.stop;
  spec.detach = true;
  return ctx.machine.processes().run(spec);
}

result<process_result> need_service_tool(std::vector<std::string> argv,
                                         const module_context& ctx) {
  auto shown = fmt::format("{}", fmt::join(argv, " "));
  auto ended = run_service_tool(std::move(argv), ctx);
  if (!ended)
    return ended;
  if (ended->timed_out)
    return error{errc::timeout, fmt::format("'{}' took too long", shown)};
  if (ended->cancelled)
    return error{errc::cancelled, fmt::format("'{}' was cancelled", shown)};
  if (ended->rc != 0)
    return error{
      errc::command_failed,
      fmt::format("'{}' returned {}: {}", shown, ended->rc, words_of(*ended))};
  return ended;
}

bool process_matches(const std::string& pattern, const module_context& ctx) {
  auto& files = ctx.machine.files();
  auto all = files.glob("/proc/[0-9]*/cmdline");
  return std::any_of(all.begin(), all.end(), [&](auto& path) {
    auto line = files.read(path);
    if (!line)
      return false;
    // The words are separated by NUL bytes there.
    std::replace(line->begin(), line->end(), '\0', ' ');
    return line->find(pattern) != std::string::npos;
  });
}

std::string service_manager_of(const module_context& ctx) {
  fact_collection found{ctx, {}, {}};
  collect_service_manager(found);
  return std::string{found.facts.find("service_mgr")->text_or("service")};
}

module_result run_service_task(service_backend& backend,
                               const service_task& task,
                               const module_context& ctx) {
  return service_work{backend, task, ctx}.run();
}

} // namespace troupe
