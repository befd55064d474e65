#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/prediction/predict.hpp"
#include "modules/support/services/service_backend.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr std::string_view zone_folder = "/usr/share/zoneinfo/";
constexpr const char* zone_link = "/etc/localtime";
constexpr const char* zone_file = "/etc/timezone";
constexpr const char* clock_file = "/etc/adjtime";

/// One task of `timezone`.
class timezone_work {
public:
  timezone_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, files_{ctx.machine.files()},
        by_systemd_{service_manager_of(ctx) == "systemd"
                    && find_tool("timedatectl", ctx)} {
  }

  module_result run() {
    auto zone = args_.text("name");
    auto clock = args_.text("hwclock");
    if (auto fine = check(zone); !fine)
      return module_result::failure(fine.why());
    dict before;
    dict after;
    auto differs = [&](const char* name, const std::string& wanted,
                       const std::string& now) {
      if (!args_.has(name))
        return false;
      before.set(name, value::from_host(now));
      after.set(name, wanted);
      return wanted != now;
    };
    auto other_zone = differs("name", zone, zone_now());
    auto other_clock = differs("hwclock", clock, clock_now());
    module_result out;
    out.changed = other_zone || other_clock;
    // Playbooks find it in the result whether or not it is shown.
    value diff{dict{{"before", before}, {"after", after}}};
    if (ctx_.diff_mode)
      out.diff = std::move(diff);
    else
      out.data.set("diff", std::move(diff));
    if (other_zone)
      if (auto done = set_zone(zone); !done)
        return module_result::failure(done.why());
    if (other_clock)
      if (auto done = set_clock(clock); !done)
        return module_result::failure(done.why());
    return out;
  }

private:
  result<void> check(const std::string& zone) const {
    if (!args_.has("name"))
      return {};
    auto unfit = zone.empty() || !is_one_line(zone) || zone[0] == '-'
                 || zone[0] == '/' || zone.find("..") != std::string::npos;
    auto there = unfit ? result<std::optional<file_status>>{std::nullopt}
                       : files_.status(std::string{zone_folder} + zone, true);
    if (there && *there && (*there)->kind == file_kind::regular)
      return {};
    return error{
      unfit ? errc::invalid_argument : errc::not_found,
      fmt::format("there is no time zone '{}' in {}", zone, zone_folder)};
  }

  /// What the link leads to is what programs take.
  std::string zone_now() const {
    auto link = files_.read_link(zone_link);
    auto at = link ? link->find("zoneinfo/") : std::string::npos;
    if (at != std::string::npos)
      return link->substr(at + std::string_view{"zoneinfo/"}.size());
    auto text = files_.read(zone_file, 4096);
    return text ? trimmed_text(*text) : std::string{};
  }

  /// The third line says in which time the clock of the board goes.
  std::string clock_now() const {
    auto text = files_.read(clock_file, 4096);
    auto lines = text ? split_text(*text, '\n') : std::vector<std::string>{};
    return lines.size() > 2 && trimmed_text(lines[2]) == "LOCAL" ? "local"
                                                                 : "UTC";
  }

  result<void> program(std::vector<std::string> argv) const {
    if (ctx_.check_mode)
      return {};
    auto tool = find_tool(argv[0], ctx_);
    if (!tool)
      return tool.why();
    argv[0] = *tool;
    ctx_.changing("time of the host");
    auto said = tool_output(std::move(argv), ctx_);
    return said ? result<void>{} : result<void>{said.why()};
  }

  result<void> set_zone(const std::string& zone) const {
    foresee(ctx_, effect::changed, zone);
    if (by_systemd_)
      return program({"timedatectl", "set-timezone", "--", zone});
    // A new link takes the place of the old one at once.
    auto make = [&](const std::string& at) {
      return files_.make_symlink(std::string{zone_folder} + zone, at);
    };
    if (auto put = put_beside_first(zone_link, make, ctx_); !put)
      return put;
    return files_.access(zone_file, "")
             ? files_.replace(zone_file, zone + "\n", {})
             : result<void>{};
  }

  result<void> set_clock(const std::string& clock) const {
    auto local = clock == "local";
    return by_systemd_
             ? program({"timedatectl", "set-local-rtc", local ? "yes" : "no"})
             : program(
               {"hwclock", "--systohc", local ? "--localtime" : "--utc"});
  }

  const arguments& args_;
  const module_context& ctx_;
  file_system& files_;
  bool by_systemd_;
};

class timezone_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "timezone",
      .summary = "Sets the time zone of the host.",
      .arguments
      = {{.name = "name", .summary = "The zone: `Europe/Berlin`, `UTC`."},
         {.name = "hwclock",
          .summary = "In which time the clock of the board goes.",
          .choices = {"UTC", "local"},
          .aliases = {"rtc"}}},
      .aliases = {"community.general.timezone"},
      .required_one_of = {{"hwclock", "name"}},
      .lock = "time",
      .resource = {"time zone", {"name"}},
      .example = R"({"timezone": {"name": "Europe/Berlin"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return timezone_work{args, ctx}.run();
  }
};

const register_module timezone_registration{
  std::make_shared<timezone_module>()};

} // namespace

} // namespace troupe
