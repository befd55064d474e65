#include "actors/cli/told_controller.hpp"

#include "actors/cli/member_folder.hpp"
#include "actors/state/run_past.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// What the end of a run waits at most for its controller.
constexpr std::chrono::seconds last_events{3};

/// What somebody does about a host that has not joined.
std::string how_to_join(const std::string& address) {
  auto at = address.empty() ? std::string{"HOST:PORT"} : address;
  return fmt::format("have 'troupe controller token DIR --name NAME' make a "
                     "token, and use it here with 'troupe agent join {} "
                     "--name NAME --token FILE'",
                     at);
}

result<membership> member_of(host& machine, const std::string& folder,
                             const std::string& address) {
  auto read = read_membership(machine, folder);
  if (!read)
    return read.why();
  if (!*read)
    return error{errc::not_found,
                 fmt::format("this host has joined no fleet, as there is no "
                             "membership in '{}': {}",
                             folder, how_to_join(address))};
  auto& who = **read;
  if (who.role != link_role::runner)
    return error{errc::invalid_argument,
                 fmt::format("'{}' is the membership of {} {}, not of a host",
                             folder, to_string(who.role), who.name)};
  if (auto over = expiry_notice(who, machine.clock().now()); !over.empty())
    return error{errc::permission_denied, over};
  return std::move(who);
}

} // namespace

result<void> told_controller::open(const prepared_run& what,
                                   const std::string& folder, host& machine) {
  auto& options = what.ctx->options;
  folder_ = member_folder(machine, folder, host_member_folder);
  auto who = member_of(machine, folder_, options.controller_endpoint);
  if (!who)
    return who.why();
  run_link_setting setting;
  setting.at = who->controller;
  if (!options.controller_endpoint.empty()) {
    auto at = parse_endpoint(options.controller_endpoint);
    if (!at)
      return at.why();
    setting.at = std::move(*at);
  }
  address_ = to_string(setting.at);
  // Its events would be taken for those that the process before has told.
  if (what.past && options.check_mode)
    return error{errc::unsupported, "a prediction that goes on with a run is "
                                    "not told"};
  part_ = what.past ? what.past->resumptions() + 1 : 0;
  setting.machine = what.ctx->machine;
  setting.who = std::move(*who);
  setting.folder = folder_;
  auto link = run_link::open(std::move(setting));
  if (!link)
    return link.why();
  link_ = std::move(*link);
  return {};
}

bool told_controller::begin(const prepared_run& what, const std::string& folder,
                            command_line& line) {
  auto& options = what.ctx->options;
  if (options.controller_endpoint.empty() && !options.require_controller)
    return true;
  auto& machine = *what.ctx->machine;
  auto opened = open(what, folder, machine);
  if (!options.require_controller) {
    if (!opened)
      line.warn("no controller hears of this run: " + opened.why().message);
    return true;
  }
  auto until = later(machine.clock().steady_now(), options.controller_timeout);
  auto in = opened ? link_->wait_joined({until, {}}) : opened;
  if (in)
    return true;
  line.fail(exit_code::unreachable,
            "the run requires a controller, and nothing was run: "
              + (opened ? address_ + ": " : "") + in.why().message);
  return false;
}

void told_controller::add_to(
  std::vector<std::shared_ptr<event_writer>>& writers) const {
  if (link_)
    writers.push_back(link_->writer(part_));
}

void told_controller::end(command_line& line) {
  if (!link_)
    return;
  auto how = link_->finish(last_events);
  link_.reset();
  if (how.left == 0)
    return;
  line.warn(fmt::format(
    "the controller at {} has not taken {} event{} yet{}: kept in '{}', to be "
    "sent by the next run or agent of this host",
    address_, how.left, how.left == 1 ? "" : "s",
    how.trouble.empty() ? "" : " (" + how.trouble + ")", folder_));
}

} // namespace troupe
