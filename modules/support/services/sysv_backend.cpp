#include "modules/support/commands/key_values.hpp"
#include "modules/support/services/service_backend.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class sysv_backend final : public service_backend {
public:
  sysv_backend(const service_task& task, sysv_options options,
               const module_context& ctx)
      : name_{task.name}, options_{std::move(options)}, ctx_{ctx} {
  }

  result<service_status> look() override {
    service_status out;
    out.exists = ctx_.machine.files().access(script(), "");
    if (!out.exists)
      return out;
    out.enabled = is_enabled();
    auto ended = run_service_tool(action("status"), ctx_);
    if (!ended)
      return ended.why();
    out.running = is_running(*ended);
    return out;
  }

  std::vector<std::string> action(const std::string& verb) const override {
    std::vector<std::string> out{script(), verb};
    auto words = split_command(options_.arguments);
    if (words)
      out.insert(out.end(), words->begin(), words->end());
    return out;
  }

  result<void> set_enabled(bool enabled) override {
    auto& processes = ctx_.machine.processes();
    std::vector<std::vector<std::string>> commands;
    if (!processes.find_program("update-rc.d", {"/usr/sbin", "/sbin"}).empty())
      commands = by_update_rc(enabled);
    else if (!processes.find_program("chkconfig", {"/sbin"}).empty())
      commands = by_chkconfig(enabled);
    else
      return error{errc::unsupported,
                   fmt::format("cannot enable '{}': the host has neither "
                               "update-rc.d nor chkconfig",
                               name_)};
    for (auto& command : commands)
      if (auto done = need_service_tool(std::move(command), ctx_); !done)
        return done.why();
    return {};
  }

private:
  std::string script() const {
    return "/etc/init.d/" + name_;
  }

  std::vector<std::string> runlevels() const {
    return options_.runlevels.empty()
             ? std::vector<std::string>{"2", "3", "4", "5"}
             : options_.runlevels;
  }

  bool starts_in(const std::string& level) const {
    auto& files = ctx_.machine.files();
    return !files.glob(fmt::format("/etc/rc{}.d/S??{}", level, name_)).empty();
  }

  /// Without named levels one is enough; named ones must all be there.
  bool is_enabled() const {
    auto levels = runlevels();
    auto starts = [this](auto& level) { return starts_in(level); };
    if (options_.runlevels.empty())
      return starts_in("S")
             || std::any_of(levels.begin(), levels.end(), starts);
    return std::all_of(levels.begin(), levels.end(), starts);
  }

  /// Scripts that do not keep to the return codes are judged by their words.
  static bool is_running(const process_result& ended) {
    auto text = ended.out.bytes + ended.err.bytes;
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (holds(text, "not running") || holds(text, "is stopped")
        || holds(text, "is inactive"))
      return false;
    if (ended.rc == 0)
      return true;
    // 1, 2, 3 and 4 are: dead, dead with a lock, stopped, unknown.
    return ended.rc > 4 && holds(text, "running");
  }

  std::vector<std::vector<std::string>> by_update_rc(bool enabled) const {
    std::vector<std::vector<std::string>> out;
    if (options_.runlevels.empty()) {
      out.push_back({"update-rc.d", name_, "defaults"});
      out.push_back({"update-rc.d", name_, enabled ? "enable" : "disable"});
      return out;
    }
    out.push_back({"update-rc.d", name_, enabled ? "enable" : "disable"});
    for (auto& level : options_.runlevels)
      out.back().push_back(level);
    return out;
  }

  std::vector<std::vector<std::string>> by_chkconfig(bool enabled) const {
    std::vector<std::vector<std::string>> out{{"chkconfig", "--add", name_}};
    std::vector<std::string> change{"chkconfig"};
    if (!options_.runlevels.empty()) {
      std::string levels;
      for (auto& level : options_.runlevels)
        levels += level;
      change.insert(change.end(), {"--level", levels});
    }
    change.insert(change.end(), {name_, enabled ? "on" : "off"});
    out.push_back(std::move(change));
    return out;
  }

  std::string name_;
  sysv_options options_;
  const module_context& ctx_;
};

class openrc_backend final : public service_backend {
public:
  openrc_backend(const service_task& task, std::string runlevel,
                 std::string arguments, const module_context& ctx)
      : name_{task.name}, runlevel_{std::move(runlevel)},
        arguments_{std::move(arguments)}, ctx_{ctx} {
  }

  result<service_status> look() override {
    service_status out;
    auto exists = run_service_tool({"rc-service", "--exists", name_}, ctx_);
    if (!exists)
      return exists.why();
    out.exists = exists->rc == 0;
    if (!out.exists)
      return out;
    auto status = run_service_tool({"rc-service", name_, "status"}, ctx_);
    if (!status)
      return status.why();
    out.running = status->rc == 0;
    auto shown = need_service_tool({"rc-update", "show", runlevel_}, ctx_);
    if (!shown)
      return shown.why();
    for (auto& line : split_text(shown->out.bytes, '\n')) {
      // "                nginx | default"
      auto begin = line.find_first_not_of(" \t");
      auto end = line.find_first_of(" \t|", begin);
      if (begin != std::string::npos && line.substr(begin, end - begin) == name_
          && holds(line, runlevel_))
        out.enabled = true;
    }
    return out;
  }

  std::vector<std::string> action(const std::string& verb) const override {
    std::vector<std::string> out{"rc-service", name_, verb};
    auto words = split_command(arguments_);
    if (words)
      out.insert(out.end(), words->begin(), words->end());
    return out;
  }

  result<void> set_enabled(bool enabled) override {
    auto done = need_service_tool(
      {"rc-update", enabled ? "add" : "delete", name_, runlevel_}, ctx_);
    if (!done)
      return done.why();
    return {};
  }

private:
  std::string name_;
  std::string runlevel_;
  std::string arguments_;
  const module_context& ctx_;
};

} // namespace

std::unique_ptr<service_backend> make_sysv_backend(const service_task& task,
                                                   const sysv_options& options,
                                                   const module_context& ctx) {
  return std::make_unique<sysv_backend>(task, options, ctx);
}

std::unique_ptr<service_backend>
make_openrc_backend(const service_task& task, const std::string& runlevel,
                    const std::string& arguments, const module_context& ctx) {
  return std::make_unique<openrc_backend>(task, runlevel, arguments, ctx);
}

} // namespace troupe
