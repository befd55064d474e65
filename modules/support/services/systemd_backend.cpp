#include "modules/support/services/systemd_backend.hpp"

#include "config/value/excerpt.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

bool is_one_of(std::string_view text,
               std::initializer_list<std::string_view> words) {
  for (auto word : words)
    if (text == word)
      return true;
  return false;
}

} // namespace

std::vector<std::string>
systemd_backend::command(std::vector<std::string> words) const {
  std::vector<std::string> out{"systemctl"};
  if (options_.scope != "system")
    out.push_back("--" + options_.scope);
  if (options_.no_block)
    out.emplace_back("--no-block");
  if (options_.force)
    out.emplace_back("--force");
  out.insert(out.end(), words.begin(), words.end());
  return out;
}

result<service_status> systemd_backend::look() {
  service_status out;
  auto shown = run_service_tool(command({"show", "--", name_}), ctx_);
  if (!shown)
    return shown.why();
  if (shown->rc != 0)
    return error{errc::unsupported,
                 fmt::format("systemd does not answer for '{}': {}", name_,
                             repair_utf8(excerpt(shown->err.bytes, 500)))};
  properties_ = dict{};
  for (auto& line : split_text(shown->out.bytes, '\n')) {
    auto mark = line.find('=');
    if (mark != std::string::npos)
      properties_.set(line.substr(0, mark),
                      value::from_host(repair_utf8(line.substr(mark + 1))));
  }
  auto property = [&](const char* key) -> std::string_view {
    auto* x = properties_.find(std::string_view{key});
    return x ? x->text_or("") : std::string_view{};
  };
  auto load = property("LoadState");
  auto file = property("UnitFileState");
  out.masked
    = load == "masked" || is_one_of(file, {"masked", "masked-runtime"});
  out.exists = out.masked || (!load.empty() && load != "not-found");
  out.running
    = is_one_of(property("ActiveState"), {"active", "activating", "reloading"});
  // Without a unit file (a script in /etc/init.d) only this command knows.
  if (out.exists && !out.masked && file.empty()) {
    auto enabled = run_service_tool(command({"is-enabled", "--", name_}), ctx_);
    if (!enabled)
      return enabled.why();
    out.enabled = enabled->rc == 0;
  } else {
    out.enabled = is_one_of(
      file, {"enabled", "enabled-runtime", "alias", "static", "generated"});
  }
  return out;
}

std::vector<std::string>
systemd_backend::action(const std::string& verb) const {
  return command({verb, "--", name_});
}

result<void> systemd_backend::set_enabled(bool enabled) {
  auto done = need_service_tool(
    command({enabled ? "enable" : "disable", "--", name_}), ctx_);
  if (!done)
    return error{done.why().code, fmt::format("cannot {} the service '{}': {}",
                                              enabled ? "enable" : "disable",
                                              name_, done.why().message)};
  return {};
}

result<void> systemd_backend::set_masked(bool masked) {
  auto done = need_service_tool(
    command({masked ? "mask" : "unmask", "--", name_}), ctx_);
  if (!done)
    return error{done.why().code, fmt::format("cannot {} the unit '{}': {}",
                                              masked ? "mask" : "unmask", name_,
                                              done.why().message)};
  return {};
}

result<void> systemd_backend::manage(const std::string& name) {
  auto done = need_service_tool(command({name}), ctx_);
  if (!done)
    return error{done.why().code, fmt::format("systemd did not follow '{}': {}",
                                              name, done.why().message)};
  return {};
}

} // namespace troupe
