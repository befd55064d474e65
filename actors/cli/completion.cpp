#include "actors/cli/command_line.hpp"
#include "actors/cli/completion_scripts.hpp"
#include "actors/lint/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

/// The first sentence of a help text, without what quotes it in a shell.
std::string brief(const std::string& help) {
  constexpr std::string_view special = "'[]:`$\\";
  std::string out;
  for (char c : help.substr(0, help.find('\n')))
    if (special.find(c) == std::string_view::npos)
      out += c;
  return out;
}

/// The words of "TEXT:a|b|c"; none when a value is free.
std::vector<std::string> words_of(const std::string& type) {
  std::vector<std::string> out;
  auto from = type.rfind(':') + 1;
  if (type.find('|', from) == std::string::npos)
    return out;
  while (from <= type.size()) {
    auto end = std::min(type.find('|', from), type.size());
    out.push_back(type.substr(from, end - from));
    from = end + 1;
  }
  return out;
}

/// Whether the value of an option can be the name of a file.
bool takes_file(const CLI::Option& option) {
  constexpr const char* others[]
    = {"address",        "host-timeout", "http",          "label",
       "listen",         "max-fail",     "serial",        "ttl",
       "args",           "become-user",  "controller",    "encrypt-vault-id",
       "expires",        "fail",         "filter",        "forks",
       "host",           "latency",      "name",          "new-vault-id",
       "passphrase",     "remote-dir",   "retries",       "run-option",
       "sample",         "secret",       "seed",          "ssh-common-args",
       "ssh-extra-args", "ssh-option",   "start-at-task", "stdin-name",
       "task",           "unreachable",  "user",          "vault-id",
       "where"};
  if (option.get_type_name() == "N")
    return false;
  return std::none_of(std::begin(others), std::end(others),
                      [&](auto* name) { return option.check_lname(name); });
}

/// What options take that refuse no other word, as more may be known to who
/// reads it.
const std::vector<std::string>* usual_words(const CLI::Option& option) {
  static const std::vector<std::string> connections{"ssh", "local", "docker",
                                                    "podman"};
  static const std::vector<std::string> methods{"sudo", "su"};
  return option.check_lname("connection")      ? &connections
         : option.check_lname("become-method") ? &methods
                                               : nullptr;
}

/// Whether it takes a pattern of hosts; `--hosts` means others elsewhere.
bool takes_hosts(const CLI::Option& option, const std::string& command) {
  return option.check_lname("limit") || option.check_lname("match")
         || (option.check_lname("hosts") && command == "do")
         || (option.check_lname("host") && command == "inventory");
}

completable_value value_of(const CLI::Option& option,
                           const std::string& command) {
  using kind = completable_value::form;
  if (option.get_expected_max() == 0)
    return {kind::none, {}};
  bool many = option.get_delimiter() == ',';
  if (auto words = words_of(option.get_type_name()); !words.empty())
    return {kind::words, std::move(words), many};
  if (auto* words = usual_words(option))
    return {kind::words, *words};
  if (takes_hosts(option, command))
    return {kind::hosts, {}, !option.check_lname("host")};
  if (option.check_lname("skip"))
    return {kind::words, lint_rule_names(), many};
  if (option.check_lname("start-at-task"))
    return {kind::tasks, {}};
  if (option.check_lname("task") && command == "undo")
    return {kind::changes, {}};
  auto name = option.get_name(option.get_positional());
  if (option.check_lname("tags") || option.check_lname("skip-tags"))
    return {kind::tags, {}, many};
  if (option.check_lname("module-name"))
    return {kind::modules, {}};
  if (option.check_lname("run"))
    return {kind::runs, {}};
  if (!option.get_positional())
    return {takes_file(option) ? kind::files : kind::free, {}};
  if (name == "GROUP")
    return {kind::hosts, {}};
  if (name == "ARGUMENTS")
    return {kind::arguments, {}};
  if (name == "RUN")
    return {command.starts_with("fleet ") ? kind::free : kind::runs, {}};
  if (name == "TOPIC")
    return {kind::topics, {}};
  // Behind commands of commands it is something new, or on another machine.
  bool inner = command.find(' ') != command.npos;
  if (inner && (name == "HOST:PORT" || name == "STRING" || name == "NAME"))
    return {kind::free, {}};
  if (name == "NAME" || name == "MODULE")
    return {kind::modules, {}};
  if (name == "SHELL")
    return {kind::words, shells()};
  return {kind::files, {}};
}

completable_command completable_of(const CLI::App& command,
                                   const std::string& before) {
  completable_command made;
  made.name = before + command.get_name();
  made.help = brief(command.get_description());
  for (auto* option : command.get_options()) {
    if (option->get_positional()) {
      made.argument = value_of(*option, made.name);
      continue;
    }
    completable one;
    for (auto& name : option->get_lnames())
      one.names.push_back("--" + name);
    for (auto& name : option->get_snames())
      one.names.push_back("-" + name);
    one.help = brief(option->get_description());
    one.takes = value_of(*option, made.name);
    made.options.push_back(std::move(one));
  }
  for (auto* inner : command.get_subcommands({})) {
    made.argument.kind = completable_value::form::words;
    made.argument.words.push_back(inner->get_name());
    made.inner.push_back(completable_of(*inner, made.name + " "));
  }
  return made;
}

std::vector<completable_command> completables(const CLI::App& app) {
  std::vector<completable_command> out;
  for (auto* command : app.get_subcommands({}))
    out.push_back(completable_of(*command, {}));
  return out;
}

} // namespace

const std::vector<std::string>& shells() {
  static const std::vector<std::string> names{"bash", "zsh", "fish"};
  return names;
}

void add_completion(CLI::App& app, command_line& line) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand(
    "completion", "Print what a shell needs to complete commands and options");
  command->footer("Examples:\n"
                  "  . <(troupe completion bash)\n"
                  "  troupe completion zsh > ~/.zfunc/_troupe\n"
                  "  troupe completion fish > "
                  "~/.config/fish/completions/troupe.fish");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
    ->required()
    ->check(one_of(shells()));
  command->callback([shell, &app, &line] {
    auto all = completables(app);
    line.put(*shell == "bash"  ? bash_completion(all)
             : *shell == "zsh" ? zsh_completion(all)
                               : fish_completion(all));
  });
}

} // namespace troupe
