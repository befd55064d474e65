#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Asks the managers of a host for its services.
class service_survey {
public:
  explicit service_survey(const module_context& ctx) : ctx_{ctx} {
  }

  result<dict> run() {
    auto has = [&](const char* name) { return bool{find_tool(name, ctx_)}; };
    if (has("service") && !has("chkconfig") && !has("rc-status"))
      if (auto done = ask_scripts(); !done)
        return done.why();
    if (!has("chkconfig") && has("rc-status") && has("rc-update"))
      if (auto done = ask_openrc(); !done)
        return done.why();
    auto init = ctx_.machine.files().read("/proc/1/comm", 64);
    if (init && init->find("systemd") != std::string::npos && has("systemctl"))
      if (auto done = ask_systemd(); !done)
        return done.why();
    return std::move(services_);
  }

  std::vector<std::string> warnings;

private:
  void add(const std::string& name, const std::string& source,
           const std::string& state, value more = {},
           const char* more_name = "status") {
    dict one{{"name", value::from_host(name)},
             {"state", value::from_host(state)},
             {"source", source}};
    if (!more.is_null())
      one.set(more_name, std::move(more));
    services_.set(value::from_host(name), std::move(one));
  }

  result<process_result> ask(std::vector<std::string> argv) {
    auto tool = find_tool(argv[0], ctx_);
    if (!tool)
      return tool.why();
    auto name = argv[0];
    argv[0] = *tool;
    auto ended = run_tool(std::move(argv), ctx_);
    if (ended && ended->rc != 0)
      warnings.push_back(fmt::format("cannot list services with '{}': {}", name,
                                     tool_words(*ended)));
    return ended;
  }

  result<void> ask_scripts() {
    auto said = ask({"service", "--status-all"});
    if (!said)
      return said.why();
    // " [ + ]  ssh"
    for (auto& line : split_text(said->out.bytes, '\n')) {
      auto text = trimmed_text(line);
      if (text.size() < 6 || !text.starts_with("[ ") || text[3] != ' '
          || text[4] != ']')
        continue;
      auto name = trimmed_text(text.substr(5));
      if (text[2] == '+' || text[2] == '-')
        add(name, "sysv", text[2] == '+' ? "running" : "stopped");
    }
    return {};
  }

  result<void> ask_openrc() {
    auto levels = ask({"rc-update", "show", "-v"});
    if (!levels)
      return levels.why();
    dict runlevels;
    for (auto& line : split_text(levels->out.bytes, '\n')) {
      auto at = line.find('|');
      if (at == std::string::npos)
        continue;
      list names;
      for (auto& each : words_in(line.substr(at + 1)))
        names.push_back(value::from_host(each));
      runlevels.set(trimmed_text(line.substr(0, at)),
                    names.empty() ? value{} : value{std::move(names)});
    }
    auto states = ask({"rc-status", "-a", "-s", "-m"});
    if (!states)
      return states.why();
    for (auto& line : split_text(states->out.bytes, '\n')) {
      if (!line.starts_with(" "))
        continue;
      auto plain = line;
      std::erase_if(plain, [](char c) { return c == '[' || c == ']'; });
      auto words = words_in(plain);
      if (words.size() < 2)
        continue;
      add(words[0], "openrc", words[1]);
      auto* known = runlevels.find(words[0]);
      services_.find(words[0])->as_dict().set("runlevels",
                                              known ? *known : value{});
    }
    return {};
  }

  static bool is_bad(const std::string& state) {
    return state == "not-found" || state == "masked" || state == "failed";
  }

  result<void> ask_systemd() {
    auto units = ask(
      {"systemctl", "list-units", "--no-pager", "--type", "service", "--all"});
    if (!units)
      return units.why();
    for (auto& line : split_text(units->out.bytes, '\n'))
      take_unit(line);
    return ask_unit_files();
  }

  void take_unit(const std::string& line) {
    if (line.find(".service") == std::string::npos)
      return;
    auto words = words_in(line);
    // A mark stands before a unit that is not well.
    auto bad = std::find_if(words.begin(), words.end(), is_bad);
    auto status = bad == words.end() ? std::string{} : *bad;
    if (!status.empty())
      words.erase(words.begin());
    if (words.size() < 4)
      return;
    add(words[0], "systemd", words[3] == "running" ? "running" : "stopped",
        value::from_host(status.empty() ? words[2] : status));
  }

  result<void> ask_unit_files() {
    auto files = ask({"systemctl", "list-unit-files", "--no-pager", "--type",
                      "service", "--all"});
    if (!files)
      return files.why();
    std::vector<std::string> unknown;
    for (auto& line : split_text(files->out.bytes, '\n')) {
      auto words = words_in(line);
      if (line.find(".service") == std::string::npos || words.size() < 2)
        continue;
      auto status = value::from_host(words[1]);
      auto* known = services_.find(words[0]);
      if (!known) {
        add(words[0], "systemd", "unknown", status);
        // Of a template there is no state.
        if (!words[0].ends_with("@.service"))
          unknown.push_back(words[0]);
      } else if (!is_bad(std::string{known->find("status")->text_or("")})) {
        known->as_dict().set("status", status);
      }
    }
    return ask_states(unknown);
  }

  /// All in one go, instead of a program for each.
  result<void> ask_states(const std::vector<std::string>& names) {
    constexpr size_t at_once = 500;
    for (size_t from = 0; from < names.size(); from += at_once) {
      auto end = std::min(from + at_once, names.size());
      std::vector<std::string> argv{"systemctl", "show",
                                    "--property=ActiveState", "--"};
      argv.insert(argv.end(), names.begin() + static_cast<ptrdiff_t>(from),
                  names.begin() + static_cast<ptrdiff_t>(end));
      auto said = ask(std::move(argv));
      if (!said)
        return said.why();
      auto at = from;
      for (auto& line : split_text(said->out.bytes, '\n')) {
        constexpr std::string_view key = "ActiveState=";
        if (line.starts_with(key) && at < end)
          services_.find(names[at++])
            ->as_dict()
            .set("state", value::from_host(line.substr(key.size())));
      }
    }
    return {};
  }

  const module_context& ctx_;
  dict services_;
};

class service_facts final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "service_facts",
      .summary = "Makes a fact of the services of the host and their states.",
      .arguments = {},
      .only_reads = true,
      .example = R"({"service_facts": {}})",
    };
    return instance;
  }

  module_result run(const arguments&,
                    const module_context& ctx) const override {
    service_survey survey{ctx};
    auto services = survey.run();
    if (!services)
      return module_result::failure(services.why());
    module_result out;
    out.warnings = std::move(survey.warnings);
    if (services->empty()) {
      out.skipped = true;
      out.msg = "Failed to find any services. This can be due to privileges or "
                "some other configuration issue.";
      return out;
    }
    if (ctx.predicted)
      add_predicted(*services, out, ctx);
    out.facts.set("services", *std::move(services));
    out.data.set("ansible_facts", out.facts);
    return out;
  }

private:
  /// As the manager of the host calls it.
  static std::string name_in(const dict& services, const std::string& name) {
    constexpr std::string_view unit = ".service";
    if (services.find(name) || name.ends_with(unit))
      return name;
    auto full = name + std::string{unit};
    bool units = std::any_of(services.begin(), services.end(), [&](auto& each) {
      return each.first.text_or("").ends_with(unit);
    });
    return units ? full : name;
  }

  /// What earlier tasks would have started, stopped, enabled or disabled.
  static void add_predicted(dict& services, module_result& out,
                            const module_context& ctx) {
    auto& what = ctx.predicted->what();
    auto noted = what.services();
    for (auto& [name, change] : noted) {
      auto key = name_in(services, name);
      if (!services.find(key))
        services.set(key, dict{{"name", key}});
      auto& one = services.find(key)->as_dict();
      if (change.running)
        one.set("state", *change.running ? "running" : "stopped");
      if (change.enabled)
        one.set("status", *change.enabled ? "enabled" : "disabled");
      if (change.masked.value_or(false))
        one.set("status", "masked");
    }
    if (!noted.empty() || !what.packages().empty())
      doubt_facts(out, ctx,
                  "which services come with packages, and with other services");
  }
};

const register_module service_facts_registration{
  std::make_shared<service_facts>()};

} // namespace

} // namespace troupe
