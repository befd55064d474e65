#include "config/vault/vault_sources.hpp"

#include "config/playbook/ansible_settings.hpp"
#include "platform/crypto.hpp"
#include "platform/host.hpp"
#include "platform/terminal.hpp"

#include <fmt/format.h>

#include <chrono>

namespace troupe {

namespace {

constexpr std::string_view usual_label = "default";
constexpr size_t longest_password = size_t{1} << 20;
constexpr std::chrono::seconds program_time{60};

/// Whether a program is told the label: `NAME-client`, whatever its ending.
bool asks_for_label(std::string_view path) {
  auto name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.')).ends_with("-client");
}

result<std::string> ask_program(const vault_source& from, host& machine,
                                const std::stop_token& stop) {
  process_spec spec;
  spec.argv = {from.source.find('/') == std::string::npos ? "./" + from.source
                                                          : from.source};
  if (asks_for_label(from.source))
    spec.argv.insert(spec.argv.end(), {"--vault-id", from.label});
  spec.deadline = machine.clock().steady_now() + program_time;
  spec.stop = stop;
  spec.keep_head = longest_password;
  spec.keep_tail = 0;
  spec.end_when_full = true;
  auto ran = machine.processes().run(spec);
  if (!ran)
    return ran.why();
  auto wrong = ran->cancelled         ? std::string{"was stopped"}
               : ran->timed_out       ? std::string{"took too long"}
               : ran->out.dropped > 0 ? std::string{"printed too much"}
               : ran->rc != 0 ? fmt::format("failed with {}: {}", ran->rc,
                                            trimmed(ran->err.bytes))
                              : std::string{};
  if (!wrong.empty())
    return error{errc::command_failed,
                 fmt::format("the program of the vault's password, {}, {}",
                             from.source, wrong)};
  auto& out = ran->out.bytes;
  while (out.ends_with('\n') || out.ends_with('\r'))
    out.pop_back();
  return std::move(out);
}

result<std::string> ask_person(const vault_source& from,
                               const std::stop_token& stop) {
  auto ask = [&](std::string_view what) {
    return ask_on_terminal(fmt::format("{} password ({}): ", what, from.label),
                           stop, true);
  };
  auto typed = ask(from.fresh ? "New vault" : "Vault");
  if (!typed)
    return error{errc::not_found,
                 "a password of the vault is to be typed, and there is no "
                 "terminal"};
  if (from.fresh) {
    auto again = ask("Confirm new vault");
    auto same = again && *again == *typed;
    if (again)
      wipe(*again);
    if (!same)
      return error{errc::invalid_argument, "the two passwords differ"};
  }
  std::string out{trimmed(*typed)};
  wipe(*typed);
  return out;
}

result<std::string> read_file(const vault_source& from, host& machine) {
  auto text = machine.files().read_stream(from.source, longest_password);
  if (!text)
    return text.why();
  std::string out{trimmed(*text)};
  wipe(*text);
  return out;
}

} // namespace

void vault_options::add_to(option_list& to) {
  to.push_back({.names = "--vault-id",
                .help = "LABEL@SOURCE of a password of encrypted variables: a "
                        "file, a program or 'prompt'; may be repeated",
                .to = &ids});
  to.push_back({.names = "--vault-password-file",
                .help = "File with the password of encrypted variables, or a "
                        "program that prints it; may be repeated",
                .to = &password_files});
  to.push_back({.names = "-J,--ask-vault-pass",
                .help = "Ask for the password of encrypted variables",
                .to = &ask});
}

vault_source parse_vault_id(std::string_view text) {
  auto mark = text.find('@');
  if (mark == text.npos)
    return {std::string{usual_label}, std::string{text}};
  return {std::string{text.substr(0, mark)},
          std::string{text.substr(mark + 1)}};
}

namespace {

/// What has named a source, if no option has: the environment is stronger than
/// a file of settings.
std::string naming(host& machine, const char* variable, const char* setting) {
  auto said = machine.variable(variable);
  return said && !said->empty()
           ? fmt::format("the environment's {}", variable)
           : fmt::format("{} in the settings of Ansible", setting);
}

} // namespace

std::vector<vault_source> sources_of(const vault_options& given,
                                     host& machine) {
  std::vector<vault_source> out;
  auto said = ansible_settings::of(machine);
  for (auto& each : said->texts("DEFAULT_VAULT_IDENTITY_LIST"))
    out.push_back(parse_vault_id(each));
  for (auto& each : out)
    each.named_by
      = naming(machine, "ANSIBLE_VAULT_IDENTITY_LIST", "vault_identity_list");
  for (auto& each : given.ids)
    out.push_back(parse_vault_id(each));
  auto& files = given.password_files;
  // A path as the environment has it is one that people know.
  auto usual = machine.variable("ANSIBLE_VAULT_PASSWORD_FILE")
                 .value_or(said->text("DEFAULT_VAULT_PASSWORD_FILE"));
  for (auto& each : files)
    out.push_back({std::string{usual_label}, each});
  if (files.empty() && !given.ask && !usual.empty())
    out.push_back(
      {std::string{usual_label}, usual, false,
       naming(machine, "ANSIBLE_VAULT_PASSWORD_FILE", "vault_password_file")});
  if (given.ask)
    out.push_back({std::string{usual_label}, "prompt"});
  return out;
}

result<std::string> read_vault_password(const vault_source& from, host& machine,
                                        const std::stop_token& stop) {
  auto typed
    = from.source == "prompt" || from.source == "prompt_ask_vault_pass";
  auto there = machine.files().status(from.source, true);
  auto program = !typed && there && *there
                 && (*there)->kind == file_kind::regular
                 && machine.files().access(from.source, "x");
  auto out = typed     ? ask_person(from, stop)
             : program ? ask_program(from, machine, stop)
                       : read_file(from, machine);
  auto named = from.named_by.empty()
                 ? std::string{}
                 : fmt::format(" (named by {})", from.named_by);
  if (!out)
    return error{out.why().code,
                 fmt::format("the password of the vault ({}): {}{}", from.label,
                             out.why().message, named)};
  if (out->empty())
    return error{errc::invalid_argument,
                 fmt::format("the password of the vault ({}) is empty: {}{}",
                             from.label, from.source, named)};
  return out;
}

result<std::shared_ptr<vault>> read_vault(const vault_options& given,
                                          host& machine,
                                          const std::stop_token& stop) {
  auto sources = sources_of(given, machine);
  if (sources.empty())
    return std::shared_ptr<vault>{};
  auto out = std::make_shared<vault>();
  for (auto& each : sources) {
    auto password = read_vault_password(each, machine, stop);
    if (!password)
      return password.why();
    out->add(each.label, std::move(*password));
  }
  return out;
}

} // namespace troupe
