#include "actors/many/deploy.hpp"

#include "actors/cli/command_line.hpp"
#include "actors/report/palette.hpp"
#include "config/payload/payload.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "platform/signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace troupe {

namespace {

struct deploy_options {
  deployment what;
  std::vector<std::string> hosts;
  std::string hosts_file;
  std::string output = "text";
};

/// Hosts of the command line and of the file, each once.
result<std::vector<std::string>> gather_hosts(const deploy_options& given,
                                              host& machine) {
  auto all = given.hosts;
  if (!given.hosts_file.empty()) {
    auto text = machine.files().read_stream(given.hosts_file);
    if (!text)
      return text.why();
    std::istringstream lines{*text};
    for (std::string line; std::getline(lines, line);) {
      line.erase(std::min(line.find('#'), line.size()));
      std::istringstream words{line};
      for (std::string word; words >> word;)
        all.push_back(word);
    }
  }
  std::set<std::string> seen;
  std::erase_if(all, [&](auto& each) { return !seen.insert(each).second; });
  if (all.empty())
    return error{errc::invalid_argument,
                 "there is no host to deploy to: name some, or a file of them "
                 "with --hosts"};
  for (auto& each : all)
    if (each.starts_with('-'))
      return error{errc::invalid_argument,
                   fmt::format("'{}' is no name of a host", each)};
  return all;
}

/// What people see of an event; empty: nothing.
std::string describe_event(const value& event) {
  auto text = [](const value* x) {
    return x ? std::string{x->text_or("")} : std::string{};
  };
  auto kind = text(event.find("event"));
  if (kind == "error")
    return "error: " + text(event.find("message"));
  auto* result = event.find("result");
  if (kind != "task_ended" || !result)
    return {};
  auto status = text(result->find("status"));
  auto* changed = result->find("changed");
  if (status == "success")
    status
      = changed && changed->is_bool() && changed->as_bool() ? "changed" : "ok";
  if (status == "skipped")
    return {};
  auto out
    = fmt::format("{}: {}", status, terminal_line(text(result->find("name"))));
  if (auto msg = text(result->find("msg"));
      (status == "failed" || status == "timeout") && !msg.empty())
    out += ": " + terminal_words(msg);
  return out;
}

deploy_listener listener_for(const std::string& form, command_line& line) {
  if (form == "ndjson")
    return [&line](const std::string& host, const value& event) {
      auto named = event.as_dict();
      named.set("deployed_to", host);
      line.put(to_json(value{std::move(named)}) + "\n");
    };
  return [&line](const std::string& host, const value& event) {
    if (auto words = describe_event(event); !words.empty())
      line.say(fmt::format("[{}] {}\n", host, words));
  };
}

std::string describe_end(const deploy_result& of) {
  using ending = deploy_result::ending;
  auto count = [&](const char* name) {
    auto* x = of.counts.find(name);
    return fmt::format(" {}={:<4}", name, x ? x->to_int().value_or(0) : 0);
  };
  std::string counts;
  for (auto* name : {"ok", "changed", "failed", "skipped"})
    counts += count(name);
  switch (of.how) {
  case ending::ran:
    return of.rc == 0 || of.rc == 2
             ? counts
             : fmt::format("{} exit {}: {}", counts, of.rc, of.message);
  case ending::unreachable:
    return " UNREACHABLE: " + of.message;
  case ending::failed:
    return fmt::format(" NOT RUN (exit {}): {}", of.rc, of.message);
  case ending::lost:
    return counts + " CONNECTION LOST: " + of.message;
  case ending::stopped:
    return counts + " STOPPED";
  }
  return counts;
}

/// The worst of them: what did not run, then what failed.
exit_code code_of_all(const std::vector<deploy_result>& all) {
  using ending = deploy_result::ending;
  auto any
    = [&](auto holds) { return std::any_of(all.begin(), all.end(), holds); };
  if (any([](auto& x) { return x.how == ending::stopped; }))
    return exit_code::interrupted;
  if (any([](auto& x) {
        return x.how == ending::unreachable || x.how == ending::lost;
      }))
    return exit_code::unreachable;
  int worst = 0;
  for (auto& each : all)
    worst = std::max(worst, each.rc);
  return static_cast<exit_code>(worst);
}

void deploy_runner(deploy_options& given, command_line& line) {
  auto& machine = *line.machine;
  auto hosts = gather_hosts(given, machine);
  if (!hosts)
    return line.fail(exit_code::usage, hosts.why().message);
  auto packed = read_payload(given.what.runner);
  if (!packed)
    return line.fail(exit_code::usage, packed.why().message);
  if (!*packed)
    return line.fail(exit_code::usage,
                     fmt::format("'{}' is no packed plan; 'troupe pack PLAN -o "
                                 "RUNNER' makes one",
                                 given.what.runner));
  auto digest = machine.files().digest(given.what.runner, "sha256");
  if (!digest)
    return line.fail(exit_code::usage, digest.why().message);
  given.what.digest = *digest;
  std::stop_source stop;
  given.what.stop = stop.get_token();
  signal_watch watch{[&](signal_request what) {
    if (what == signal_request::report)
      return;
    stop.request_stop();
    // Last, as nobody may be reading.
    line.tell("troupe: stopping\n");
  }};
  auto ended
    = deploy(given.what, *hosts, machine, listener_for(given.output, line));
  size_t width = 0;
  for (auto& each : ended)
    width = std::max(width, each.host.size());
  std::string recap = "\nRECAP\n";
  for (auto& each : ended)
    recap += fmt::format("{:<{}} :{}\n", each.host, width, describe_end(each));
  if (given.output == "ndjson")
    line.tell(recap);
  else
    line.say(recap);
  line.code = code_of_all(ended);
}

} // namespace

void add_deploy(CLI::App& app, command_line& line) {
  auto given = std::make_shared<deploy_options>();
  auto& what = given->what;
  auto* command = app.add_subcommand(
    "deploy", "Copy a packed runner to hosts over ssh, and run it there");
  command->footer("Examples:\n"
                  "  troupe deploy site-runner web1 admin@web2\n"
                  "  troupe deploy site-runner --hosts fleet.txt --forks 50 "
                  "--run-option=--check");
  command->add_option("RUNNER", what.runner, "What troupe pack has made")
    ->required();
  command->add_option("HOST", given->hosts, "Hosts as ssh knows them");
  command->add_option("--hosts", given->hosts_file,
                      "File of more hosts, with # before comments");
  command->add_option("--forks", what.forks, "How many hosts at once")
    ->check(CLI::Range(1, 1000));
  command
    ->add_option("--retries", what.retries,
                 "How often a host that is out of reach is tried again")
    ->check(CLI::Range(0, 100));
  command
    ->add_option("--run-option", what.run_options,
                 "An option for the runner; may be repeated")
    ->allow_extra_args(false);
  command
    ->add_option("--ssh-option", what.ssh_options,
                 "An option for ssh, as its -o takes it; may be repeated")
    ->allow_extra_args(false);
  command->add_option("--remote-dir", what.folder,
                      "Folder on the hosts for the copy; programs must be "
                      "allowed to run there");
  command->add_option("--output", given->output, "text or ndjson")
    ->check(one_of({"text", "ndjson"}));
  command->callback([given, &line] { deploy_runner(*given, line); });
}

} // namespace troupe
