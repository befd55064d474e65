#include "actors/cli/command_line.hpp"
#include "actors/cli/host_options.hpp"
#include "config/inventory/inventory_listing.hpp"
#include "config/language/python/json_emit.hpp"
#include "config/language/python/yaml_emit.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/nearest.hpp"
#include "config/vault/vault_sources.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct inventory_command {
  std::vector<std::string> sources;
  /// Where the graph begins; empty: at all of them.
  std::string pattern;
  bool list = false;
  bool graph = false;
  std::string host;
  std::string chosen;
  std::string limit;
  bool yaml = false;
  bool vars = false;
  bool as_written = false;
  std::string playbook_folder;
  std::string output;
  std::vector<std::string> extra_vars;
  vault_options secrets;

  void add_to(option_list& to) {
    to.push_back({.names = "-i,--inventory",
                  .help = "File, folder or program of hosts, or HOST,HOST; may "
                          "be repeated",
                  .to = &sources});
    to.push_back({.names = "--list",
                  .help = "Print groups and the variables of all hosts",
                  .to = &list,
                  .excludes = {"--graph", "--host", "--match"}});
    to.push_back({.names = "--graph",
                  .help = "Draw what is in which group",
                  .to = &graph,
                  .excludes = {"--host", "--match"}});
    to.push_back({.names = "--host",
                  .help = "Print the variables of this host",
                  .to = &host,
                  .excludes = {"--match"}});
    to.push_back(
      {.names = "--match",
       .help = "Print the hosts that match this pattern, a line each",
       .to = &chosen});
    to.push_back({.names = "-l,--limit",
                  .help
                  = "Only hosts that match this pattern too, with --match;"
                    " @FILE has one a line",
                  .to = &limit,
                  .excludes = {"--list", "--graph", "--host"}});
    to.push_back({.names = "-y,--yaml",
                  .help = "Print YAML instead of JSON",
                  .to = &yaml,
                  .excludes = {"--graph", "--match"}});
    to.push_back({.names = "--vars",
                  .help = "Draw variables too, with --graph",
                  .to = &vars,
                  .excludes = {"--list", "--host", "--match"}});
    to.push_back({.names = "--export",
                  .help
                  = "Print variables with the groups that have them, with "
                    "--list",
                  .to = &as_written,
                  .excludes = {"--graph", "--host", "--match"}});
    to.push_back({.names = "--playbook-dir",
                  .help
                  = "Folder whose group_vars and host_vars count as those "
                    "of a playbook; by default the current one",
                  .to = &playbook_folder});
    to.push_back({.names = "--output",
                  .help = "Write to this file, with --list",
                  .to = &output,
                  .excludes = {"--graph", "--host", "--match"}});
    to.push_back({.names = "-e,--extra-vars",
                  .help = "KEY=VALUE, JSON, or @FILE with JSON or YAML",
                  .to = &extra_vars});
    secrets.add_to(to);
  }
};

/// The sources of the command line, or those that a run would take: of the
/// environment, of Ansible's settings, or the usual one.
result<std::vector<std::string>> inventories_of(const inventory_command& given,
                                                host& machine) {
  if (!given.sources.empty())
    return given.sources;
  auto settings = ansible_settings::read(machine);
  if (!settings)
    return settings.why();
  host_options usual;
  usual.ansible = *settings;
  usual.always = true;
  return usual.sources(machine);
}

result<std::string> written(const value& x, bool yaml) {
  if (yaml)
    return emit_yaml(x, {.flow = false});
  auto layout = python_layout();
  layout.indent = "    ";
  layout.between_items = ",";
  layout.ascii = false;
  layout.sort_keys = true;
  auto text = emit_json(x, layout);
  return text ? *text + "\n" : text;
}

result<std::string> chosen_text(const inventory_command& given, inventory& of,
                                command_line& line) {
  auto limit = of.read_limit(given.limit);
  if (!limit)
    return limit.why();
  auto chosen = of.hosts({given.chosen}, *limit);
  if (!chosen)
    return chosen.why();
  for (auto& each : chosen->unmatched)
    line.warn(fmt::format("nothing matches the pattern '{}'", each));
  std::string out;
  for (auto& each : chosen->names)
    out += each + "\n";
  return out;
}

result<std::string> host_text(const inventory_command& given, inventory& of,
                              inventory_listing& listing) {
  auto chosen = of.hosts({given.host});
  if (!chosen)
    return chosen.why();
  if (chosen->names.empty()) {
    auto all = of.hosts({"all"});
    return error{
      errc::invalid_argument,
      "--host: "
        + unknown_name("host", given.host,
                       all ? all->names : std::vector<std::string>{})};
  }
  if (chosen->names.size() != 1)
    return error{errc::invalid_argument,
                 fmt::format("--host: '{}' stands for {} hosts, not for one",
                             given.host, chosen->names.size())};
  auto vars = listing.host_vars(chosen->names.front());
  if (!vars)
    return vars.why();
  return written(value{std::move(*vars)}, given.yaml);
}

result<std::string> list_text(const inventory_command& given,
                              inventory_listing& listing) {
  auto all = given.yaml ? listing.as_yaml() : listing.as_json();
  if (!all)
    return all.why();
  return written(*all, given.yaml);
}

result<std::string> text_of(const inventory_command& given, command_line& line,
                            inventory& of) {
  if (!given.chosen.empty())
    return chosen_text(given, of, line);
  inventory_listing::options how;
  auto extra = read_extra_vars(*line.machine, given.extra_vars);
  if (!extra)
    return extra.why();
  how.extra_vars = std::move(*extra);
  how.as_written = given.as_written;
  how.playbook_folder = given.playbook_folder;
  if (how.playbook_folder.empty() && !given.as_written)
    how.playbook_folder = line.machine->files().working_folder();
  inventory_listing listing{of, std::move(how)};
  if (given.graph)
    return listing.as_graph(given.pattern.empty() ? "all" : given.pattern,
                            given.vars);
  return given.list ? list_text(given, listing) : host_text(given, of, listing);
}

void show_inventory(const inventory_command& given, command_line& line) {
  if (!given.list && !given.graph && given.host.empty() && given.chosen.empty())
    return line.fail(exit_code::usage, "expected one of --list, --graph, "
                                       "--host NAME and --match PATTERN");
  if (!given.pattern.empty() && !given.graph)
    return line.fail(exit_code::usage,
                     fmt::format("GROUP '{}' says where a graph begins: give "
                                 "--graph too",
                                 given.pattern));
  auto secrets = read_vault(given.secrets, *line.machine);
  if (!secrets)
    return line.fail(exit_code::usage, secrets.why().message);
  inventory_options options;
  options.secrets = *secrets;
  options.keep_encrypted = !given.graph;
  auto sources = inventories_of(given, *line.machine);
  if (!sources)
    return line.fail(exit_code::usage, sources.why().message);
  auto of = inventory::load(line.machine, *sources, std::move(options));
  if (!of)
    return line.fail(exit_code::invalid_plan, of.why().message);
  auto text = text_of(given, line, *of);
  for (auto& each : of->take_warnings())
    line.warn(each);
  if (!text)
    // What was asked for may be wrong, or what a file says.
    return line.fail(text.why().code == errc::invalid_argument
                       ? exit_code::usage
                       : exit_code::invalid_plan,
                     text.why().message);
  if (given.output.empty())
    return line.put(*text);
  auto done = line.machine->files().write_output(given.output, *text);
  if (!done)
    line.fail(exit_code::usage, done.why().message);
}

} // namespace

void add_inventory(CLI::App& app, command_line& line) {
  auto given = std::make_shared<inventory_command>();
  auto* command = app.add_subcommand(
    "inventory", "Show hosts, groups and variables of inventories");
  command->footer("Examples:\n"
                  "  troupe inventory -i hosts --list\n"
                  "  troupe inventory -i hosts --graph web --vars\n"
                  "  troupe inventory -i hosts --host web1 --yaml");
  command->add_option("GROUP", given->pattern,
                      "Where the graph begins; all without it");
  option_list options;
  given->add_to(options);
  add_options(*command, options);
  command->callback([given, &line] { show_inventory(*given, line); });
}

} // namespace troupe
