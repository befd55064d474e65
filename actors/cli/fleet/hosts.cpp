#include "actors/cli/fleet/fleet_commands.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

struct hosts_options {
  std::string pattern = "all";
  std::string where;
  std::string folder;
  bool facts = false;
  bool json = false;
};

std::string row(std::string_view host, std::string_view there,
                std::string_view seen, std::string_view labels) {
  return fmt::format("{:<24} {:<9} {:<20} {}\n", host, there, seen, labels);
}

void show_hosts(const hosts_options& given, command_line& line) {
  auto call = call_controller(
    member_folder(*line.machine, given.folder, "operator"), line);
  if (!call)
    return;
  dict options{{"facts", given.facts}, {"where", given.where}};
  auto answer = call->ask(link_question::hosts, given.pattern,
                          to_json(value{std::move(options)}));
  if (!answer)
    return fail_call(answer.why(), line);
  if (given.json || given.facts)
    return line.put(*answer);
  auto hosts = lines_of(*answer);
  if (!hosts.empty())
    line.say(row("HOST", "CONNECTED", "SEEN", "LABELS"));
  for (auto& each : hosts) {
    std::vector<std::string> labels;
    if (auto* found = each.find("labels"); found && found->is_list())
      for (auto& label : found->as_list())
        labels.emplace_back(label.text_or(""));
    auto* there = each.find("connected");
    line.say(row(text_in(each, "host"),
                 there && there->is_bool() && there->as_bool() ? "yes" : "no",
                 text_in(each, "seen").substr(0, 19),
                 fmt::format("{}", fmt::join(labels, ","))));
  }
}

} // namespace

void add_hosts(CLI::App& app, command_line& line) {
  auto given = std::make_shared<hosts_options>();
  auto* command = app.add_subcommand("hosts", "List the hosts of a fleet");
  command->footer("Examples:\n"
                  "  troupe hosts\n"
                  "  troupe hosts 'web:&prod:!web9' --where "
                  "'ansible_memtotal_mb > 4000' --json");
  command->add_option("PATTERN", given->pattern,
                      "Names, labels and patterns of hosts");
  command
    ->add_option("--where", given->where,
                 "Only hosts whose facts satisfy this expression")
    ->check(not_empty());
  command->add_flag("--facts", given->facts, "Show the facts as well, as JSON");
  command->add_flag("--json", given->json, "One JSON object a line");
  command->add_option("--dir", given->folder, "The membership to use")
    ->check(not_empty());
  command->callback([given, &line] { show_hosts(*given, line); });
}

} // namespace troupe
