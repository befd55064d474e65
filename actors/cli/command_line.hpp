#pragma once

#include "actors/cli/doc_page.hpp"
#include "actors/cli/output_files.hpp"
#include "actors/engine.hpp"
#include "actors/exit_code.hpp"
#include "config/options.hpp"
#include "config/vault/vault_sources.hpp"
#include "platform/host.hpp"
#include "platform/output.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What every subcommand works with.
struct command_line {
  std::shared_ptr<host> machine;
  std::shared_ptr<output> out;
  std::shared_ptr<output> err;
  exit_code code = exit_code::ok;
  /// In front of what is wrong.
  std::string blames_as = "troupe: ";
  /// `-v`, as often as it was given.
  int verbosity = 0;
  /// The setting of the same name, once it is known.
  std::string log_level = "warning";
  /// What `help` shows besides commands and modules.
  std::span<const doc_page> pages;
  /// The setting `cleanup_on_completion`, once it is known.
  bool clean_up = false;

  /// Prints for people on standard output. What could change a terminal is
  /// made harmless.
  void say(std::string_view text) const;
  /// Prints for people in lines that fit a narrow terminal, broken between
  /// words.
  void say_in_lines(std::string_view text) const;
  /// Prints data on standard output, byte for byte.
  void put(std::string_view data) const;
  /// Prints for people on standard error; on a terminal sentences are broken
  /// between words.
  void tell(std::string_view text) const;

  /// Prints "troupe: MESSAGE" on standard error and remembers the code.
  void fail(exit_code why, const std::string& message);
  /// How the program ends: what could not be written is said here and is a
  /// failure of every command, also of one that has views of its own.
  exit_code end();
  void warn(const std::string& message);
  void inform(const std::string& message);
};

/// One subcommand; each is in a file of its own.
struct command_entry {
  std::string_view name;
  /// Adds the subcommand of that name with its options.
  void (*add)(CLI::App& app, command_line& line);
};

/// All subcommands in the order of the help text.
std::span<const command_entry> commands();

void add_run(CLI::App& app, command_line& line);
void add_do(CLI::App& app, command_line& line);
void add_resume(CLI::App& app, command_line& line);
void add_runs(CLI::App& app, command_line& line);
void add_report(CLI::App& app, command_line& line);
void add_undo(CLI::App& app, command_line& line);
void add_validate(CLI::App& app, command_line& line);
void add_lint(CLI::App& app, command_line& line);
void add_facts(CLI::App& app, command_line& line);
void add_modules(CLI::App& app, command_line& line);
void add_template(CLI::App& app, command_line& line);
void add_eval(CLI::App& app, command_line& line);
void add_graph(CLI::App& app, command_line& line);
void add_config(CLI::App& app, command_line& line);
void add_pack(CLI::App& app, command_line& line);
void add_deploy(CLI::App& app, command_line& line);
void add_key(CLI::App& app, command_line& line);
void add_inventory(CLI::App& app, command_line& line);
void add_vault(CLI::App& app, command_line& line);
void add_completion(CLI::App& app, command_line& line);
void add_help(CLI::App& app, command_line& line);

/// The help text of a built-in module; empty when there is none of that name.
std::string explain_module(std::string_view name,
                           std::span<const doc_page> pages);

/// Takes one of these words; the error names the nearest.
CLI::Validator one_of(const std::vector<std::string>& choices);

/// Takes any text that has something in it.
CLI::Validator not_empty();

/// Options given as data, which programs without CLI11 read too.
void add_options(CLI::App& command, const option_list& options);

/// Options that several subcommands share.
struct plan_choice {
  std::string plan;
  std::string host;
  std::string config_file;
  std::vector<std::string> extra_vars;
  /// NAME=SOURCE of variables that nobody may read.
  std::vector<std::string> secrets;
  /// Where the passphrase of encrypted variables is.
  std::string passphrase;
  /// Where the passwords of what Ansible's vault has encrypted are.
  vault_options vault;
  /// Hosts of a playbook that is looked at and not run.
  std::vector<std::string> inventories;
  /// What a packed runner brings along.
  packed_choice packed;

  /// Adds PLAN and the options below.
  void add_to(CLI::App& command);
  void add_plan_to(CLI::App& command);
  /// Adds `--host`, `--config`, `-e` and the vault's.
  void add_options_to(option_list& to);
  /// Adds `-i`.
  void add_inventories_to(option_list& to);
};

/// A plan's text: a file, or standard input for "-".
struct plan_text {
  std::string text;
  /// For messages and to find files beside it.
  std::string source;
};

result<plan_text> read_plan_text(host& machine, const std::string& plan,
                                 size_t limit = longest_source);

/// Text as an object of names and values: JSON, or YAML.
result<value> parse_table(const std::string& text, const std::string& source);

/// `KEY=VALUE`, JSON or YAML text, or `@FILE`, merged in their order over
/// `below`. `secrets` opens what is encrypted in such a file, or the file;
/// null: that is an error.
result<dict> read_extra_vars(host& machine,
                             const std::vector<std::string>& given,
                             dict below = {}, const vault* secrets = nullptr);

/// The files that a choice makes a command read, as far as the command line and
/// the environment name them.
std::vector<named_file> files_read(const plan_choice& choice, host& machine);

/// Settings from the defaults, the configuration file and the environment.
result<settings_builder> read_settings(host& machine,
                                       const std::string& config_file);

/// Reads, checks and prepares the plan as `run` would. Absent after telling
/// what is wrong. `text`, unless it is null, gets what stands in the plan.
std::optional<prepared_run> prepare_choice(const plan_choice& choice,
                                           command_line& line,
                                           std::string* text = nullptr);

/// Warns of variables of the environment that look like settings and are none.
void warn_of_variables(const plan_choice& choice, command_line& line);

/// "site.json: valid FLAT plan, 3 tasks in 1 play", or of a playbook "site.yml:
/// valid playbook, 3 tasks in 2 plays for 5 hosts": tasks of all plays, whoever
/// plays them, as far as they and the hosts are known before. One line.
std::string describe_plan(const plan& p);

/// Chooses colours: a terminal, no NO_COLOR, no dumb TERM; or FORCE_COLOR.
bool wants_colour(const output& to, host& machine);

} // namespace troupe
