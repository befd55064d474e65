#include "actors/run/task_connection.hpp"

#include "actors/remote/connection_setting.hpp"
#include "actors/run/roster.hpp"
#include "config/inventory/inventory_data.hpp"
#include "config/vault/vault.hpp"
#include "modules/support/arguments/convert.hpp"

#include <fmt/format.h>

#include <initializer_list>

namespace troupe {

namespace {

using text_found = result<std::optional<std::string>>;

/// Variables of the host that a task is done on.
class host_names {
public:
  host_names(const std::string& target, const task_variables& names,
             const run_context& ctx, const evaluation_terms& terms)
      : target_{target}, names_{names}, ctx_{ctx}, terms_{terms} {
  }

  /// The first of these that the host has.
  result<std::optional<value>>
  find(std::initializer_list<const char*> these) const {
    for (auto* each : these) {
      auto got = one(each);
      if (!got || *got)
        return got;
    }
    return std::optional<value>{};
  }

  /// The same as text; `otherwise` when the host has none.
  result<std::string> text(std::initializer_list<const char*> these,
                           const std::string& otherwise) const {
    auto got = find(these);
    if (!got)
      return got.why();
    return *got ? to_display(**got) : otherwise;
  }

private:
  result<std::optional<value>> one(const char* name) const {
    using found = std::optional<value>;
    if (target_ != ctx_.own_name())
      return of_other(name);
    auto* x = names_.find(std::string_view{name});
    if (!x)
      return found{};
    auto got = ctx_.templates->evaluate(*x, names_, terms_);
    if (!got)
      return got.why();
    return found{std::move(*got)};
  }

  /// What rests on something that has to be waited for is not known here.
  result<std::optional<value>> of_other(const char* name) const {
    if (!ctx_.hosts)
      return std::optional<value>{};
    auto out = ctx_.hosts->name_of(target_, std::string_view{name});
    if (out && is_unopened(*out))
      return error{errc::permission_denied, out->as_undefined().message};
    if (out && has_template(*out))
      return error{errc::unsupported,
                   fmt::format("{} of the host '{}', which the task is "
                               "delegated to, cannot be evaluated for another "
                               "host",
                               name, target_)};
    return out;
  }

  const std::string& target_;
  const task_variables& names_;
  const run_context& ctx_;
  const evaluation_terms& terms_;
};

/// The last part of a name like `community.docker.docker`.
std::string_view plain_name(std::string_view kind) {
  return kind.substr(kind.rfind('.') + 1);
}

result<void> read_numbers(connection_setting& to, const host_names& of,
                          const run_context& ctx) {
  auto timeout = of.find({"ansible_ssh_timeout", "ansible_timeout"});
  if (!timeout)
    return timeout.why();
  if (ctx.dial.timeout)
    to.timeout = *ctx.dial.timeout;
  if (*timeout) {
    auto seconds = (*timeout)->is_text()
                     ? value{(*timeout)->as_string()}.to_int()
                     : (*timeout)->to_int();
    constexpr int64_t most = 3600;
    if (!seconds || *seconds < 1 || *seconds > most)
      return error{errc::invalid_argument,
                   fmt::format("ansible_timeout: a number of seconds from 1 to "
                               "{} was expected, not '{}'",
                               most, to_display(**timeout))};
    to.timeout = static_cast<uint32_t>(*seconds);
  }
  to.checks_keys = ctx.dial.checks_keys;
  auto keys
    = of.find({"ansible_ssh_host_key_checking", "ansible_host_key_checking"});
  if (!keys)
    return keys.why();
  if (*keys) {
    auto flag = convert(**keys, arg_type::boolean);
    if (!flag)
      return flag.why();
    to.checks_keys = flag->as_bool();
  }
  return {};
}

/// Everything but the carrier.
result<void> read_setting(connection_setting& to, const host_names& of,
                          const resolved_keywords& under,
                          const run_context& ctx) {
  auto& dial = ctx.dial;
  auto user = under.text("remote_user");
  auto port = under.text("port");
  const struct {
    std::string& to;
    std::initializer_list<const char*> names;
    std::string otherwise;
  } texts[] = {
    {to.address, {"ansible_ssh_host", "ansible_host"}, to.name},
    {to.port,
     {"ansible_ssh_port", "ansible_port"},
     port.empty() ? dial.port : port},
    {to.user,
     {"ansible_ssh_user", "ansible_user"},
     user.empty() ? dial.user : user},
    {to.key_file,
     {"ansible_ssh_private_key_file", "ansible_private_key_file"},
     dial.key_file},
    {to.ssh_args, {"ansible_ssh_args"}, dial.ssh_args},
    {to.common_args, {"ansible_ssh_common_args"}, dial.common_args},
    {to.extra_args, {"ansible_ssh_extra_args"}, dial.extra_args},
    {to.program, {"ansible_ssh_executable"}, dial.program},
    {to.folder, {"ansible_remote_tmp"}, dial.folder},
    {to.password,
     {"ansible_ssh_password", "ansible_ssh_pass", "ansible_password"},
     dial.password},
  };
  for (auto& each : texts) {
    auto got = of.text(each.names, each.otherwise);
    if (!got)
      return got.why();
    each.to = std::move(*got);
  }
  // It is another ssh, and not what leads into containers.
  if (to.carrier != connection_setting::carriers::ssh)
    to.program.clear();
  // They would end the words of the shell around it.
  if (to.folder.find_first_of("'\n\r") != std::string::npos)
    return error{errc::invalid_argument,
                 fmt::format("ansible_remote_tmp: a folder whose name has no "
                             "single quote and no line end was expected, not "
                             "\"{}\"",
                             to.folder)};
  return read_numbers(to, of, ctx);
}

/// What nobody has said otherwise. A port makes another machine of this one's
/// name: one that is forwarded to.
std::string kind_of(const std::string& said, const std::string& target,
                    bool has_port, const resolved_keywords& under,
                    const run_context& ctx) {
  if (!said.empty())
    return said;
  if (auto word = under.text("connection"); !word.empty())
    return word;
  if (!ctx.dial.kind.empty())
    return ctx.dial.kind;
  return is_local_name(target) && !has_port ? "local" : "ssh";
}

} // namespace

result<std::shared_ptr<const connection_setting>>
connection_of(const task_module& module, std::string target,
              const resolved_keywords& under, const task_variables& names,
              const run_context& ctx, const evaluation_terms& terms) {
  using found = std::shared_ptr<const connection_setting>;
  auto& spec = module.spec();
  if (spec.pure || spec.at_home || spec.engine != engine_task::none)
    return found{};
  if (target.empty())
    target = ctx.own_name();
  // A run without an inventory is about this host.
  if (!ctx.hosts && target == ctx.own_name())
    return found{};
  host_names of{target, names, ctx, terms};
  auto said = of.text({"ansible_connection"}, "");
  if (!said)
    return said.why();
  auto port = of.find({"ansible_ssh_port", "ansible_port"});
  if (!port)
    return port.why();
  auto kind = kind_of(*said, target, port->has_value(), under, ctx);
  auto word = plain_name(kind);
  if (word == "local")
    return found{};
  connection_setting out;
  using carriers = connection_setting::carriers;
  if (word == "ssh" || word == "smart" || word == "paramiko")
    out.carrier = carriers::ssh;
  else if (word == "docker")
    out.carrier = carriers::docker;
  else if (word == "podman")
    out.carrier = carriers::podman;
  else
    return error{errc::unsupported,
                 fmt::format("the host '{}' has the connection '{}', and there "
                             "are only local, ssh, docker and podman",
                             target, kind)};
  out.name = target;
  if (auto read = read_setting(out, of, under, ctx); !read)
    return read.why();
  return std::make_shared<const connection_setting>(std::move(out));
}

result<void> become_by_names(job& to, std::string target,
                             const task_variables& names,
                             const run_context& ctx,
                             const evaluation_terms& terms) {
  if (target.empty())
    target = ctx.own_name();
  host_names of{target, names, ctx, terms};
  auto on = of.find({"ansible_become"});
  if (!on)
    return on.why();
  auto user = of.find({"ansible_become_user"});
  if (!user)
    return user.why();
  if (*on) {
    auto flag = convert_keyword(keyword_of<>{"become"}.row(), **on);
    if (!flag)
      return error{flag.why().code, "ansible_become: " + flag.why().message};
    if (!flag->as_bool())
      to.become_user.clear();
    else if (to.become_user.empty())
      to.become_user = "root";
  }
  if (to.become_user.empty())
    return {};
  if (*user)
    to.become_user = to_display(**user);
  auto method = of.text({"ansible_become_method"}, to.become_method);
  if (!method)
    return method.why();
  if (!method->empty() && *method != "sudo" && *method != "su")
    return error{
      errc::unsupported,
      fmt::format("ansible_become_method: expected sudo or su, found "
                  "'{}'",
                  *method)};
  to.become_method = std::move(*method);
  auto program
    = of.text({"ansible_become_exe", "ansible_sudo_exe"}, to.become_program);
  if (!program)
    return program.why();
  to.become_program = std::move(*program);
  auto flags
    = of.text({"ansible_become_flags", "ansible_sudo_flags"}, to.become_flags);
  if (!flags)
    return flags.why();
  to.become_flags = std::move(*flags);
  auto password = of.text(
    {"ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"},
    ctx.dial.become_password);
  if (!password)
    return password.why();
  to.become_password = std::move(*password);
  return {};
}

} // namespace troupe
