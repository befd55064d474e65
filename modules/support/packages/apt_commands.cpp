#include "modules/support/packages/apt_commands.hpp"

#include "config/value/excerpt.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* policy_path = "/usr/sbin/policy-rc.d";

/// When the lists were fetched, in seconds since the epoch; 0 when never.
int64_t lists_time(const module_context& ctx) {
  auto& files = ctx.machine.files();
  for (auto path :
       {"/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/lists"}) {
    auto found = files.status(path, true);
    if (found && *found)
      return static_cast<int64_t>((*found)->modified);
  }
  return 0;
}

int64_t seconds_now(const module_context& ctx) {
  return std::chrono::duration_cast<std::chrono::seconds>(
           ctx.machine.clock().now().time_since_epoch())
    .count();
}

} // namespace

package_tool apt_tool(const arguments& args, const module_context& ctx) {
  package_tool out{ctx, std::chrono::seconds{args.integer("lock_timeout", 60)}};
  out.lock_marks
    = {"Could not get lock", "Unable to acquire the dpkg", "Unable to lock",
       "dpkg frontend lock was locked", "dpkg frontend is locked"};
  // No package may ask anything: there is nobody who could answer.
  out.environment = {{"DEBIAN_FRONTEND", "noninteractive"},
                     {"DEBIAN_PRIORITY", "critical"},
                     {"APT_LISTCHANGES_FRONTEND", "none"},
                     {"NEEDRESTART_MODE", "l"}};
  return out;
}

std::vector<std::string> apt_command(const arguments& args,
                                     std::vector<std::string> words) {
  std::vector<std::string> out{"apt-get", "--yes"};
  for (auto& option : split_text(args.text("dpkg_options"), ','))
    if (!option.empty())
      out.insert(out.end(), {"-o", "Dpkg::Options::=--" + option});
  if (args.flag("force"))
    out.insert(out.end(),
               {"--allow-downgrades", "--allow-remove-essential",
                "--allow-change-held-packages", "--allow-unauthenticated"});
  if (args.flag("allow_downgrade"))
    out.emplace_back("--allow-downgrades");
  if (args.flag("allow_unauthenticated"))
    out.emplace_back("--allow-unauthenticated");
  if (args.flag("allow_change_held_packages"))
    out.emplace_back("--allow-change-held-packages");
  if (args.flag("fail_on_autoremove"))
    out.emplace_back("--no-remove");
  if (args.flag("only_upgrade"))
    out.emplace_back("--only-upgrade");
  if (args.has("install_recommends"))
    out.insert(out.end(), {"-o", args.flag("install_recommends")
                                   ? "APT::Install-Recommends=yes"
                                   : "APT::Install-Recommends=no"});
  if (args.has("default_release"))
    out.insert(out.end(), {"-t", args.text("default_release")});
  if (args.flag("purge"))
    out.emplace_back("--purge");
  if (args.flag("autoremove"))
    out.emplace_back("--auto-remove");
  out.insert(out.end(), words.begin(), words.end());
  return out;
}

service_policy::service_policy(const arguments& args, const module_context& ctx)
    : ctx_{ctx} {
  if (!args.has("policy_rc_d") || ctx.check_mode)
    return;
  auto& files = ctx.machine.files();
  if (auto old = files.read(policy_path))
    before_ = *old;
  auto code = args.integer("policy_rc_d");
  state_ = files.replace(policy_path, fmt::format("#!/bin/sh\nexit {}\n", code),
                         {.mode = 0755});
  active_ = static_cast<bool>(state_);
}

service_policy::~service_policy() {
  if (!active_)
    return;
  auto& files = ctx_.machine.files();
  if (before_)
    static_cast<void>(files.replace(policy_path, *before_, {}));
  else
    static_cast<void>(files.remove(policy_path));
}

result<bool> refresh_lists(const arguments& args, const package_tool& tool,
                           module_result& out, const module_context& ctx) {
  auto valid = args.integer("cache_valid_time");
  auto time = lists_time(ctx);
  auto wanted = args.flag("update_cache") || valid > 0;
  auto fresh = valid > 0 && time + valid > seconds_now(ctx);
  auto done = false;
  if (wanted && !fresh && !ctx.check_mode) {
    auto tries = std::max<int64_t>(1, args.integer("update_cache_retries"));
    auto longest = args.integer("update_cache_retry_max_delay");
    for (int64_t i = 0; !done; ++i) {
      auto ended = tool.run({"apt-get", "--yes", "update"});
      if (!ended)
        return ended.why();
      // apt returns 0 although a list could not be fetched.
      done = ended->rc == 0
             && ended->err.bytes.find("Failed to fetch") == std::string::npos;
      if (!done && i + 1 >= tries) {
        auto failed
          = package_result(*ended, "update the lists of packages", {});
        auto code = ended->rc == 0 ? errc::network
                                   : failed.why.value_or(errc::command_failed);
        return error{code, failed.msg.empty()
                             ? "cannot update the lists of packages: "
                                 + excerpt(ended->err.bytes, 500)
                             : failed.msg};
      }
      if (!done
          && !ctx.wait(std::chrono::seconds{std::min<int64_t>(
            longest, int64_t{1} << std::min<int64_t>(i, 20))}))
        return ctx.must_end();
    }
    time = seconds_now(ctx);
  }
  out.data.set("cache_updated", done);
  out.data.set("cache_update_time", time);
  return done || (ctx.check_mode && wanted && !fresh);
}

} // namespace troupe
