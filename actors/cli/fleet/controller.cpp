#include "actors/fleet/controller.hpp"

#include "actors/cli/fleet/fleet_commands.hpp"
#include "actors/fleet/audit_log.hpp"
#include "actors/fleet/authorities.hpp"
#include "actors/fleet/history_store.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "platform/crypto.hpp"
#include "platform/signals.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr const char* usual_address = "127.0.0.1:7411";

struct controller_options {
  std::string folder;
  std::string address = usual_address;
  std::string name;
  std::string role = "runner";
  std::string time = "1h";
  std::string http;
  bool approval = false;
  bool remove = false;
  bool verify = false;
  unsigned keep_days = 90;
  unsigned keep_runs = 10'000;
};

/// Who administers the controller on its own machine.
result<void> make_admin(host& machine, const std::string& folder,
                        const fleet_authorities& fleet, const endpoint& at) {
  auto key = make_key_pair();
  if (!key)
    return key.why();
  auto request = make_request(key->secret);
  if (!request)
    return request.why();
  auto made
    = certify(machine, fleet.members, link_role::admin, "admin", *request);
  auto facts = made ? read_certificate(*made) : made.why();
  auto print = key_of_request(*request);
  if (!facts)
    return facts.why();
  auto store = open_sqlite_store(folder + "/history.db");
  if (!store)
    return store.why();
  fleet_member member;
  member.name = "admin";
  member.role = link_role::admin;
  member.key = print ? *print : "";
  member.fingerprints = {facts->fingerprint};
  member.joined = machine.clock().now();
  if (auto ok = (*store)->put(member); !ok)
    return ok;
  return write_membership(machine, folder + "/admin",
                          {"admin",
                           link_role::admin,
                           at,
                           {*made, key->secret},
                           fleet.controllers.certificate});
}

void init(const controller_options& given, command_line& line) {
  auto folder = full_path(*line.machine, given.folder);
  auto at = parse_endpoint(given.address);
  if (!at || at->port == 0)
    return line.fail(exit_code::usage,
                     at ? "the address needs a port" : at.why().message);
  auto made = make_fleet(*line.machine, folder, "main");
  if (!made)
    return line.fail(exit_code::state_unusable, made.why().message);
  if (auto ok = make_admin(*line.machine, folder, *made, *at); !ok)
    return line.fail(exit_code::state_unusable, ok.why().message);
  line.say(fmt::format("made a controller in {0}; start it with\n"
                       "  troupe controller run {0} --listen {1}\n",
                       folder, to_string(*at)));
}

/// A port alone is one of this machine only: what is said there is not
/// encrypted.
result<endpoint> http_endpoint(const std::string& text) {
  bool is_port = text.find_first_not_of("0123456789") == std::string::npos;
  return parse_endpoint(is_port ? "127.0.0.1:" + text : text);
}

void run(const controller_options& given, command_line& line) {
  end_request end;
  signal_watch watch{[&](signal_request what) {
    if (what != signal_request::report)
      end.ask();
  }};
  auto at = parse_endpoint(given.address);
  if (!at)
    return line.fail(exit_code::usage, at.why().message);
  controller_setting setting;
  if (!given.http.empty()) {
    auto http = http_endpoint(given.http);
    if (!http)
      return line.fail(exit_code::usage, "--http: " + http.why().message);
    setting.http = *http;
  }
  setting.machine = line.machine;
  setting.folder = full_path(*line.machine, given.folder);
  setting.at = *at;
  setting.keep = std::chrono::hours{24} * given.keep_days;
  setting.keep_runs = given.keep_runs;
  setting.tell = [err = line.err](const std::string& what) {
    err->write(terminal_safe("troupe: " + what + "\n"));
  };
  std::string failure;
  setting.failed = [&](const std::string& why) {
    failure = why;
    end.ask();
  };
  auto running = controller::start(std::move(setting));
  if (!running)
    return line.fail(running.why().code == errc::exhausted
                       ? exit_code::locked
                       : exit_code::state_unusable,
                     running.why().message);
  line.say(fmt::format("listening at {}\n",
                       to_string(endpoint{at->host, (*running)->port()})));
  if (!given.http.empty())
    line.say(fmt::format("HTTP at {}\n",
                         to_string(endpoint{http_endpoint(given.http)->host,
                                            (*running)->http_port()})));
  end.wait();
  (*running)->stop();
  if (!failure.empty())
    line.fail(exit_code::internal, "the controller cannot go on: " + failure);
}

/// Asks the controller of a folder as its administrator.
std::optional<std::string> ask_as_admin(const controller_options& given,
                                        link_question what,
                                        const std::string& options,
                                        command_line& line) {
  auto call
    = call_controller(full_path(*line.machine, given.folder) + "/admin", line);
  if (!call)
    return std::nullopt;
  auto answer = call->ask(what, given.name, options);
  if (!answer) {
    fail_call(answer.why(), line);
    return std::nullopt;
  }
  return std::move(*answer);
}

void make_token(const controller_options& given, command_line& line) {
  auto time = parse_duration(value{given.time});
  if (!time)
    return line.fail(exit_code::usage, time.why().message);
  auto seconds
    = std::chrono::duration_cast<std::chrono::seconds>(*time).count();
  dict options{{"role", given.role},
               {"name", given.name},
               {"ttl", static_cast<int64_t>(seconds)},
               {"approval", given.approval}};
  if (auto answer = ask_as_admin(given, link_question::token,
                                 to_json(value{options}), line))
    line.put(*answer + "\n");
}

CLI::App* add_one(CLI::App& command, const char* name, const char* help,
                  const std::shared_ptr<controller_options>& given) {
  auto* out = command.add_subcommand(name, help);
  out->add_option("DIR", given->folder, "The folder of the controller")
    ->required();
  return out;
}

/// A token for the HTTP face, or the end of one.
void make_http_token(const controller_options& given, command_line& line) {
  auto time = parse_duration(value{given.time});
  if (!time)
    return line.fail(exit_code::usage, time.why().message);
  auto seconds
    = std::chrono::duration_cast<std::chrono::seconds>(*time).count();
  dict options{{"kind", "http"},
               {"role", given.role},
               {"name", given.name},
               {"ttl", static_cast<int64_t>(seconds)}};
  auto what = given.remove ? link_question::revoke : link_question::token;
  auto answer
    = ask_as_admin(given, what, to_json(value{std::move(options)}), line);
  if (answer && given.remove)
    line.say("removed the token " + given.name + "\n");
  else if (answer)
    line.put(*answer + "\n");
}

void add_http_token(CLI::App& command, command_line& line) {
  auto given = std::make_shared<controller_options>();
  given->role = "viewer";
  given->time = "90d";
  auto* token
    = add_one(command, "http-token",
              "Print a token with which a program may ask over HTTP", given);
  token->add_option("--name", given->name, "What to call it")
    ->required()
    ->check(not_empty());
  token->add_option("--role", given->role, "What its user may do")
    ->check(one_of({"viewer", "operator", "admin"}));
  token->add_option("--ttl", given->time, "How long it is good for")
    ->check(not_empty());
  token->add_flag("--remove", given->remove,
                  "Take the token of this name away instead");
  token->callback([given, &line] { make_http_token(*given, line); });
}

/// Prints the files of the log, the oldest first, as far as nobody has changed
/// them.
void verify(const controller_options& given, command_line& line) {
  auto path = full_path(*line.machine, given.folder) + "/audit.log";
  auto all = audit_files(line.machine->files(), path);
  if (!all || all->empty())
    return line.fail(exit_code::state_unusable,
                     all ? path + ": there is no audit log"
                         : all.why().message);
  // Older files may have been removed.
  bool whole = all->front() == path || all->front() == path + ".1";
  auto link = whole ? first_audit_link() : std::string{};
  size_t lines = 0;
  for (auto& each : *all) {
    auto text = line.machine->files().read(each);
    if (!text)
      return line.fail(exit_code::state_unusable, text.why().message);
    auto count = verify_audit(*text, link);
    if (!count)
      return line.fail(exit_code::state_unusable,
                       each + ": " + count.why().message);
    lines += *count;
    if (!given.verify)
      line.put(*text);
  }
  line.tell(fmt::format("troupe: {} lines, none changed or left out{}\n", lines,
                        whole ? "" : "; what is older was removed"));
}

} // namespace

void add_controller(CLI::App& app, command_line& line) {
  auto given = std::make_shared<controller_options>();
  auto* command = app.add_subcommand(
    "controller", "The controller of a fleet, and who may join it");
  command->footer("Examples:\n"
                  "  troupe controller init /var/lib/troupe-controller\n"
                  "  troupe controller run /var/lib/troupe-controller --listen "
                  "192.0.2.1:7411\n"
                  "  troupe controller token /var/lib/troupe-controller "
                  "--name web1 > web1.token");
  command->require_subcommand(1);
  auto* make = add_one(*command, "init", "Make a controller", given);
  make
    ->add_option("--address", given->address,
                 "Where its administrator reaches it")
    ->check(not_empty());
  make->callback([given, &line] { init(*given, line); });
  auto* go
    = add_one(*command, "run", "Run a controller until it is ended", given);
  go->add_option("--listen", given->address, "Address and port to listen at")
    ->check(not_empty());
  go->add_option("--http", given->http,
                 "Speak HTTP as well: a port of this machine, or ADDRESS:PORT")
    ->check(not_empty());
  go->add_option("--keep-days", given->keep_days,
                 "For how many days runs that have ended are kept")
    ->check(CLI::Range(1, 36500));
  go->add_option("--keep-runs", given->keep_runs,
                 "How many runs are kept at most")
    ->check(CLI::Range(1, 1000000));
  go->callback([given, &line] { run(*given, line); });
  auto* token = add_one(*command, "token",
                        "Print a token that lets somebody join once", given);
  token->add_option("--role", given->role, "What its user may do")
    ->check(one_of({"runner", "operator", "viewer", "admin"}));
  token->add_option("--name", given->name, "The only name that it is for")
    ->check(not_empty());
  token->add_option("--ttl", given->time, "How long it is good for")
    ->check(not_empty());
  token->add_flag("--approval", given->approval,
                  "Who comes with it has to be approved");
  token->callback([given, &line] { make_token(*given, line); });
  add_http_token(*command, line);
  auto* approve
    = add_one(*command, "approve", "Let in who waits to be approved", given);
  approve->add_option("NAME", given->name, "Who waits")->required();
  approve->callback([given, &line] {
    if (auto key = ask_as_admin(*given, link_question::approve, "{}", line))
      line.say("approved " + given->name + ", key " + *key + "\n");
  });
  auto* revoke = add_one(*command, "revoke",
                         "End somebody's certificates and sessions", given);
  revoke->add_option("NAME", given->name, "Whose")->required();
  revoke->callback([given, &line] {
    if (auto key = ask_as_admin(*given, link_question::revoke, "{}", line))
      line.say("revoked " + given->name + ", key " + *key + "\n");
  });
  auto* audit = add_one(*command, "audit",
                        "Print the audit log, if nobody has changed it", given);
  audit->add_flag("--verify", given->verify, "Look only, print nothing");
  audit->callback([given, &line] { verify(*given, line); });
}

} // namespace troupe
