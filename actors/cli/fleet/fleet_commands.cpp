#include "actors/cli/fleet/fleet_commands.hpp"

#include "actors/fleet/enrolment.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr std::chrono::seconds ask_again{3};

/// The key that an earlier attempt has made, or a new one: whoever waits to be
/// approved comes back with the same.
result<std::string> own_key(host& machine, const std::string& folder) {
  auto path = folder + "/key.pem";
  if (auto made = make_private_folders(machine.files(), folder); !made)
    return made.why();
  auto there = machine.files().status(path, false);
  if (!there)
    return there.why();
  if (*there)
    return machine.files().read(path, size_t{1} << 16);
  auto key = make_key_pair();
  if (!key)
    return key.why();
  if (auto ok = machine.files().replace(path, key->secret, {.mode = 0600}); !ok)
    return ok.why();
  return std::move(key->secret);
}

result<endpoint> reachable(host& machine, const endpoint& to) {
  auto until = machine.clock().steady_now() + std::chrono::seconds{10};
  auto found = machine.network().addresses(to.host, {until, {}});
  if (found.empty())
    return error{errc::network, "'" + to.host + "' has no address"};
  return endpoint{found.front(), to.port};
}

result<membership> try_join(const join_options& given,
                            const std::string& folder, command_line& line) {
  auto& machine = *line.machine;
  auto to = parse_endpoint(given.controller);
  if (!to)
    return to.why();
  auto text = machine.files().read_stream(
    given.token == "-" ? "/dev/stdin" : given.token, join_most);
  if (!text)
    return text.why();
  auto token = read_token(*text);
  if (!token)
    return token.why();
  auto secret = own_key(machine, folder);
  if (!secret)
    return secret.why();
  auto request = make_request(*secret);
  if (!request)
    return request.why();
  auto net = make_transport();
  if (!net)
    return net.why();
  for (bool told = false;; told = true) {
    auto numeric = reachable(machine, *to);
    if (!numeric)
      return numeric.why();
    auto answer = ask_to_join(**net, *numeric, *token,
                              {token->secret, given.name, *request});
    if (!answer)
      return answer.why();
    if (answer->how == join_outcome::refused)
      return error{errc::permission_denied, answer->text};
    auto end = answer->text.find('\n');
    auto role = role_named(answer->text.substr(0, end));
    if (answer->how == join_outcome::admitted && role)
      return membership{given.name,
                        *role,
                        *to,
                        {answer->text.substr(end + 1), *secret},
                        token->authority};
    if (!told)
      line.tell("troupe: " + answer->text + "\n");
    // Until the token is over: then the answer is no.
    auto& clock = machine.clock();
    clock.sleep_until(later(clock.steady_now(), ask_again), {});
  }
}

/// A certificate that has had two thirds of its time is made anew.
void renew_if_due(fleet_client& call, const membership& who,
                  const std::string& folder, command_line& line) {
  if (!is_to_renew(who.own.certificate, line.machine->clock().now()))
    return;
  auto request = make_request(who.own.secret);
  auto made = request ? call.renew(*request) : request.why();
  auto kept = made ? renew_membership(*line.machine, folder, *made)
                   : result<void>{made.why()};
  if (!kept)
    line.warn("the certificate was not renewed: " + kept.why().message);
}

} // namespace

std::span<const command_entry> fleet_commands() {
  static constexpr command_entry table[]{
    {"controller", add_controller}, {"agent", add_agent},
    {"fleet", add_fleet},           {"hosts", add_hosts},
    {"simulate", add_simulate},
  };
  return table;
}

void join_options::add_to(CLI::App& command) {
  command.add_option("HOST:PORT", controller, "Where the controller listens")
    ->required();
  command
    .add_option("--token", token,
                "File with a token of 'troupe controller token', or - for "
                "standard input")
    ->required()
    ->check(not_empty());
  command.add_option("--name", name, "The name to join under")
    ->required()
    ->check(not_empty());
  command.add_option("--dir", folder, "Where to keep key and certificate")
    ->check(not_empty());
}

void join_fleet(const join_options& given, const std::string& usual_folder,
                command_line& line) {
  auto folder = member_folder(*line.machine, given.folder, usual_folder);
  auto there = read_membership(*line.machine, folder);
  if (there && *there)
    return line.fail(exit_code::usage,
                     fmt::format("'{}' is a membership already, as {} {}",
                                 folder, to_string((*there)->role),
                                 (*there)->name));
  auto joined = try_join(given, folder, line);
  if (!joined)
    return fail_call(joined.why(), line);
  if (auto kept = write_membership(*line.machine, folder, *joined); !kept)
    return line.fail(exit_code::state_unusable, kept.why().message);
  line.say(fmt::format("joined as {} {}; kept in {}\n", to_string(joined->role),
                       joined->name, folder));
}

std::optional<membership> member_in(const std::string& folder,
                                    command_line& line) {
  auto read = read_membership(*line.machine, folder);
  if (!read)
    line.fail(exit_code::state_unusable, read.why().message);
  else if (!*read)
    line.fail(exit_code::state_unusable,
              "nobody has joined a fleet in '" + folder + "'");
  return read && *read ? std::move(*read) : std::nullopt;
}

std::unique_ptr<fleet_client> call_controller(const std::string& folder,
                                              command_line& line) {
  auto who = member_in(folder, line);
  if (!who)
    return nullptr;
  if (who->role == link_role::runner) {
    line.fail(exit_code::usage, "'" + folder
                                  + "' is the membership of a host; "
                                    "people have their own");
    return nullptr;
  }
  auto call = fleet_client::connect(line.machine, *who);
  if (!call) {
    auto why = call.why();
    if (auto notice = expiry_notice(*who, line.machine->clock().now());
        !notice.empty())
      why.message += "; " + notice;
    fail_call(why, line);
    return nullptr;
  }
  renew_if_due(**call, *who, folder, line);
  return std::move(*call);
}

void fail_call(const error& why, command_line& line) {
  bool away = why.code == errc::network || why.code == errc::timeout;
  line.fail(away ? exit_code::unreachable : exit_code::usage, why.message);
}

std::vector<value> lines_of(const std::string& answer) {
  std::vector<value> out;
  for (size_t at = 0; at < answer.size();) {
    auto end = std::min(answer.find('\n', at), answer.size());
    if (auto read = parse_json(std::string_view{answer}.substr(at, end - at)))
      out.push_back(std::move(*read));
    at = end + 1;
  }
  return out;
}

std::string text_in(const value& from, const char* key) {
  auto* found = from.find(key);
  return std::string{found ? found->text_or("") : ""};
}

void end_request::wait() {
  std::unique_lock held{mutex_};
  changed_.wait(held, [this] { return asked_; });
}

void end_request::ask() {
  std::lock_guard held{mutex_};
  asked_ = true;
  changed_.notify_all();
}

} // namespace troupe
