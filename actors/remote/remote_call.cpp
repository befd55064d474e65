#include "actors/remote/remote_call.hpp"

#include "actors/remote/connections.hpp"
#include "actors/remote/remote_host.hpp"
#include "actors/remote/remote_parts.hpp"
#include "actors/remote/shipped_sources.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

job_result failed(const error& why) {
  return {module_result::failure(why)};
}

/// What is fetched: read there, and put in its place here.
job_result bring_home(call_line& line, const job& what,
                      const job_environment& environment,
                      call_at_home at_home) {
  auto ask = call_of(what, line);
  ask.module = "slurp";
  ask.args = {};
  ask.args.set("src", what.args.text("src"));
  ask.check_mode = false;
  auto got = call_over(line, std::move(ask), what, call_limit(what));
  if (!got)
    return {unreachable_result(what, got.why(), lost_during_task)};
  auto found = fetched_source(what.args.text("src"), std::move(*got));
  if (auto* answer = std::get_if<module_result>(&found))
    return {std::move(*answer)};
  return {
    at_home(brought_home(what, std::get<prepared_source>(std::move(found))),
            environment)};
}

job_result call_on(call_line& line, const job& what,
                   const job_environment& environment, call_at_home at_home) {
  if (what.module->spec().elsewhere == elsewhere_task::bring_home)
    return bring_home(line, what, environment, at_home);
  auto here = context_here(what, environment);
  auto call = call_of(what, line);
  if (what.prepared) {
    call.prepared = *what.prepared;
  } else {
    auto prepared = what.module->prepare(what.args, here);
    if (!prepared)
      return failed(prepared.why());
    call.prepared = std::move(*prepared);
  }
  shipped_sources sources{line, what, here, call_limit(what)};
  if (auto shipped = sources.ship(call); !shipped)
    return shipped.why().code == errc::network ? job_result{unreachable_result(
             what, shipped.why(), "The connection was lost")}
                                               : failed(shipped.why());
  auto out = call_over(line, std::move(call), what, call_limit(what));
  if (!out)
    return {unreachable_result(what, out.why(), lost_during_task),
            out.why().code == errc::network};
  sources.name_places(*out);
  return {std::move(*out)};
}

} // namespace

job brought_home(const job& what, prepared_source source) {
  auto out = what;
  out.become_user.clear();
  out.where = nullptr;
  out.prepared = std::make_shared<const prepared_source>(std::move(source));
  return out;
}

job_result call_elsewhere(const job& what, const job_environment& environment,
                          call_at_home at_home) {
  if (auto* instead = environment.lines->instead())
    return instead->call(what, environment);
  auto& to = *what.where;
  switch (what.module->spec().elsewhere) {
  case elsewhere_task::refuse:
    return failed(
      {errc::unsupported,
       fmt::format("the module {} cannot be used yet for a host that is "
                   "reached via a connection ('{}')",
                   what.module->spec().name, to.name)});
  case elsewhere_task::reach:
    return {wait_for_host(what, environment)};
  case elsewhere_task::restart:
    return {restart_host(what, environment)};
  default:
    break;
  }
  auto line = environment.lines->line(to, call_limit(what));
  if (!line)
    return {
      unreachable_result(what, line.why(), "Failed to connect to the host")};
  return call_on(**line, what, environment, at_home);
}

job_result call_as_other(const job& what, const job_environment& environment,
                         call_at_home at_home) {
  auto by_sudo = [&](const std::string& user) {
    connection_setting to;
    to.carrier = connection_setting::carriers::sudo;
    to.name = to.address = user;
    to.password = what.become_password;
    to.program = what.become_program;
    to.extra_args = what.become_flags;
    return to;
  };
  // sudo was not even asked to ask for one.
  constexpr auto* no_password
    = "; Missing sudo password, if it wants one: -K (--ask-become-pass), "
      "--become-password-file or the variable ansible_become_password gives it";
  auto own = what;
  own.become_password.clear();
  auto to = by_sudo(what.become_user);
  auto line = environment.lines->line(to, call_limit(what));
  if (line) {
    own.become_user.clear();
  } else {
    // Not everybody may execute the engine where it lies, and root can take the
    // rights of all.
    auto why = line.why();
    to = by_sudo("root");
    line = environment.lines->line(to, call_limit(what));
    if (!line)
      return failed(
        {why.code,
         fmt::format("become: cannot act as '{}' by sudo: {}{}",
                     what.become_user, why.message,
                     what.become_password.empty() ? no_password : "")});
  }
  own.where = std::make_shared<const connection_setting>(std::move(to));
  auto out = call_on(**line, own, environment, at_home);
  out.result.unreachable = false;
  return out;
}

} // namespace troupe
