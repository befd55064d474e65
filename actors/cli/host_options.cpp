#include "actors/cli/host_options.hpp"

#include "actors/conduct/conduct.hpp"
#include "actors/engine.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/mistyped_play.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/inventory_hosts.hpp"
#include "config/value/nearest.hpp"
#include "config/vault/opened_text.hpp"
#include "platform/host.hpp"
#include "platform/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

void host_options::add_to(option_list& to) {
  to.push_back({.names = "-i,--inventory",
                .help = "Hosts of a playbook: a file, a folder, a program, or "
                        "HOST,HOST",
                .to = &inventories});
  to.push_back({.names = "-l,--limit",
                .help = "Only those of a playbook's hosts that match",
                .to = &limit});
  to.push_back({.names = "-f,--forks",
                .help = "How many hosts of a playbook work at once; 5 when not "
                        "given",
                .to = &forks,
                .least = 1,
                .most = most_forks});
  to.push_back({.names = "-c,--connection",
                .help
                = "How a playbook's hosts are reached: ssh, local, docker "
                  "or podman",
                .to = &dial.kind});
  to.push_back({.names = "-u,--user",
                .help = "As whom a playbook's hosts are reached",
                .to = &dial.user});
  to.push_back({.names = "--private-key,--key-file",
                .help = "The private key for ssh",
                .to = &dial.key_file});
  to.push_back({.names = "--ssh-common-args",
                .help = "Arguments for ssh",
                .to = &dial.common_args});
  to.push_back({.names = "--ssh-extra-args",
                .help = "More arguments for ssh",
                .to = &dial.extra_args});
  to.push_back({.names = "-T,--timeout",
                .help = "Seconds until a playbook's hosts have to have "
                        "answered; 10 when not given",
                .to = &dial.timeout,
                .least = 1,
                .most = 3600});
  to.push_back({.names = "-b,--become",
                .help = "Do a playbook's tasks as another user",
                .to = &become});
  to.push_back({.names = "--become-user",
                .help = "As whom; root when not given",
                .to = &become_user});
  to.push_back({.names = "--become-method",
                .help = "How: sudo or su",
                .to = &become_method});
  add_passwords_to(to);
}

void host_options::add_passwords_to(option_list& to) {
  to.push_back({.names = "-k,--ask-pass",
                .help = "Ask for the password of ssh",
                .to = &ask_password});
  to.push_back({.names = "-K,--ask-become-pass",
                .help = "Ask for the password of sudo",
                .to = &ask_become});
  to.push_back({.names = "--connection-password-file,--conn-pass-file",
                .help = "File with the password of ssh",
                .to = &password_file});
  to.push_back({.names = "--become-password-file,--become-pass-file",
                .help = "File with the password of sudo",
                .to = &become_file});
}

namespace {

/// Why a list has no play, in Ansible's words: of its first entry what no play
/// has. Nothing where the reader says it better.
std::optional<error> why_no_play(const value& document,
                                 const std::string& source) {
  if (!document.is_list() || document.as_list().items.empty())
    return std::nullopt;
  auto& first = document.as_list().items.front();
  if (!first.is_dict())
    return std::nullopt;
  auto known = keyword_names(in_play);
  for (auto& [key, x] : first.as_dict()) {
    auto name = to_display(key);
    if (std::find(known.begin(), known.end(), name) == known.end())
      return error{errc::invalid_plan,
                   fmt::format("'{}' is not a valid attribute for a Play\n"
                               "{}:{}:{}: a playbook is a list of plays, which "
                               "have 'hosts', and of 'import_playbook'",
                               name, source, key.place().line,
                               key.place().column)};
  }
  if (first.find("tasks") || first.find("roles"))
    return std::nullopt;
  return error{errc::invalid_plan,
               fmt::format("{}:{}:{}: a play needs 'hosts', those that it is "
                           "for, such as 'localhost' or 'all'",
                           source, first.place().line, first.place().column)};
}

/// Whether it is better said of a text that is no playbook when it is read as a
/// plan: it has plays with typing errors, or is no plan either.
bool reader_says_better(const value& document, const std::string& source) {
  problems wrong;
  if (!document.is_list()) {
    read_plan(document, source, {}, wrong);
    return !wrong.empty();
  }
  if (document.as_list().empty())
    return true;
  input_file file{std::make_shared<const std::string>(source), wrong};
  for (auto& each : document.as_list())
    if (refuse_mistyped_play(each, file) || each.find("tasks")
        || each.find("roles"))
      return true;
  return false;
}

} // namespace

std::vector<std::string> host_options::sources(host& machine) const {
  if (!inventories.empty() || only_given)
    return inventories;
  auto said = ansible ? ansible : ansible_settings::of(machine);
  auto named = said->texts("DEFAULT_HOST_LIST");
  if (said->said("DEFAULT_HOST_LIST"))
    return named;
  // The usual one need not be there.
  std::erase_if(named, [&](auto& each) {
    return !always || !machine.files().access(each, "r");
  });
  return named;
}

result<bool> host_options::meant_for(std::string_view text,
                                     const std::string& source, host& machine,
                                     const vault* secrets) const {
  bool reads = !sources(machine).empty() || always || !limit.empty();
  auto* only = only_for_playbooks();
  if (!reads && !only)
    return false;
  plan_limits limits;
  limits.last_key_wins = true;
  auto document = parse_file_text(text, source, limits, secrets);
  // What is wrong with a text is said when it is read as a plan.
  if (!document || is_playbook(*document))
    return reads;
  if (always)
    if (auto why = why_no_play(*document, source))
      return *why;
  if (reader_says_better(*document, source))
    return false;
  if (only)
    return error{errc::invalid_argument,
                 fmt::format("{} is for playbooks: a plan says of its tasks "
                             "itself as whom they are done, on this host",
                             only)};
  if (inventories.empty() && limit.empty())
    return false;
  return error{errc::invalid_argument,
               document->is_list()
                 ? fmt::format("{}: the file has tasks, not plays: with an "
                               "inventory they stand below 'tasks' of a play, "
                               "beside its 'hosts'",
                               source)
                 : std::string{plans_have_hosts}};
}

namespace {

/// Of hosts and groups, for "did you mean".
std::vector<std::string> names_in(inventory& of) {
  std::vector<std::string> out;
  for (auto& [group, hosts] : of.groups())
    out.push_back(to_display(group));
  if (auto all = of.hosts({"all"}))
    out.insert(out.end(), all->names.begin(), all->names.end());
  return out;
}

} // namespace

error host_options::no_host_left(host& machine, bool has_sources,
                                 const std::vector<std::string>& known) const {
  // Settings that cannot be read have named no inventory.
  if (!ansible)
    if (auto said = ansible_settings::read(machine); !said)
      return said.why();
  return error{errc::not_found,
               fmt::format("--limit '{}' matches no host{}{}", limit,
                           did_you_mean(limit, known),
                           has_sources ? ""
                                       : "; there is no inventory: -i names "
                                         "the one that has them")};
}

result<std::shared_ptr<playbook_hosts>>
host_options::read(const std::shared_ptr<host>& machine,
                   std::shared_ptr<const vault> passwords,
                   bool names_only) const {
  using found = std::shared_ptr<playbook_hosts>;
  auto named = sources(*machine);
  if (named.empty() && !always && limit.empty())
    return found{};
  inventory_options how;
  how.secrets = std::move(passwords);
  how.may_pass_over = names_only;
  how.tolerant = tolerant;
  if (tolerant && ansible)
    how.group_signs = ansible->text("TRANSFORM_INVALID_GROUP_CHARS");
  if (ansible)
    how.key_twice = ansible->text("DUPLICATE_YAML_DICT_KEY");
  auto again
    = [machine, named, how] { return inventory::load(machine, named, how); };
  auto all = again();
  if (!all)
    return all.why();
  std::vector<std::string> wanted;
  std::vector<std::string> strange;
  if (!limit.empty()) {
    auto read = all->read_limit(limit);
    if (!read)
      return read.why();
    wanted = std::move(*read);
    auto left = all->hosts({"all"}, wanted);
    auto local = all->hosts({"localhost"}, wanted);
    auto known = names_in(*all);
    if (left && left->names.empty() && local && local->names.empty())
      return no_host_left(*machine, !named.empty(), known);
    for (auto& each : left ? left->unmatched : std::vector<std::string>{})
      strange.push_back(fmt::format("--limit: no host and no group matches "
                                    "'{}'{}",
                                    each, did_you_mean(each, known)));
  }
  auto out = std::make_shared<inventory_hosts>(
    std::move(*all), std::move(wanted), std::move(again));
  out->warn_of(std::move(strange));
  return found{std::move(out)};
}

const char* host_options::only_for_playbooks() const {
  const std::pair<bool, const char*> given[] = {
    {become, "--become"},
    {!become_user.empty(), "--become-user"},
    {!become_method.empty(), "--become-method"},
    {!dial.kind.empty(), "--connection"},
    {!dial.user.empty(), "--user"},
    {!dial.key_file.empty(), "--private-key"},
    {!dial.common_args.empty(), "--ssh-common-args"},
    {!dial.extra_args.empty(), "--ssh-extra-args"},
    {dial.timeout.has_value(), "--timeout"},
    {ask_password, "--ask-pass"},
    {ask_become, "--ask-become-pass"},
    {!password_file.empty(), "--connection-password-file"},
    {!become_file.empty(), "--become-password-file"},
    {forks.has_value(), "--forks"},
  };
  for (auto& [is_given, name] : given)
    if (is_given)
      return name;
  return nullptr;
}

namespace {

/// What a file or the environment says of connections, where the command line
/// does not.
void take_settings(connection_choice& to, const ansible_settings& from) {
  to.checks_keys = from.flag("SSH_HOST_KEY_CHECKING");
  auto take = [&](std::string& it, const char* name) {
    if (it.empty() && from.said(name))
      it = from.text(name);
  };
  take(to.kind, "DEFAULT_TRANSPORT");
  take(to.user, "DEFAULT_REMOTE_USER");
  take(to.key_file, "DEFAULT_PRIVATE_KEY_FILE");
  take(to.ssh_args, "SSH_ARGS");
  take(to.common_args, "SSH_COMMON_ARGS");
  take(to.extra_args, "SSH_EXTRA_ARGS");
  take(to.program, "SSH_EXECUTABLE");
  take(to.folder, "REMOTE_TMP");
  if (auto* port = from.all()->find("DEFAULT_REMOTE_PORT");
      port && from.said("DEFAULT_REMOTE_PORT"))
    to.port = to_display(*port);
  auto* seconds = from.all()->find("SSH_TIMEOUT");
  auto number = seconds ? seconds->to_int() : std::nullopt;
  constexpr int64_t most = 3600;
  if (!to.timeout && number && *number >= 1)
    to.timeout = static_cast<unsigned>(std::min(*number, most));
}

/// A password that is typed, or the first line of a file; empty: there is none.
result<std::string> read_password(bool ask, const std::string& file,
                                  const char* what, host& machine) {
  constexpr size_t longest = 4096;
  if (!ask && file.empty())
    return std::string{};
  if (!file.empty()) {
    auto text = machine.files().read_stream(file, longest);
    if (!text)
      return text.why();
    return text->substr(0, text->find_first_of("\r\n"));
  }
  auto typed = ask_on_terminal(fmt::format("{} password: ", what), {}, true);
  if (!typed)
    return error{errc::not_found,
                 fmt::format("the password of {} is to be typed, and there is "
                             "no terminal",
                             what)};
  return *typed;
}

} // namespace

result<connection_choice> host_options::read_dial(host& machine) const {
  auto out = dial;
  if (ansible)
    take_settings(out, *ansible);
  auto asks = [&](bool given, const char* setting) {
    return given || (ansible && ansible->flag(setting));
  };
  auto file = [&](const std::string& given, bool asked, const char* setting) {
    return given.empty() && !asked && ansible ? ansible->text(setting) : given;
  };
  auto ssh = read_password(
    asks(ask_password, "DEFAULT_ASK_PASS"),
    file(password_file, ask_password, "CONNECTION_PASSWORD_FILE"), "ssh",
    machine);
  if (!ssh)
    return ssh.why();
  out.password = std::move(*ssh);
  auto sudo = read_password(
    asks(ask_become, "DEFAULT_BECOME_ASK_PASS"),
    file(become_file, ask_become, "BECOME_PASSWORD_FILE"), "become", machine);
  if (!sudo)
    return sudo.why();
  out.become_password = std::move(*sudo);
  return out;
}

value host_options::around() const {
  dict out;
  if (become)
    out.set("become", true);
  if (!become_user.empty())
    out.set("become_user", become_user);
  if (!become_method.empty())
    out.set("become_method", become_method);
  return out.empty() ? value{} : value{std::move(out)};
}

} // namespace troupe
