#include "actors/cli/fleet/fleet_watch.hpp"

#include "actors/fleet/fleet_status.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <charconv>

namespace troupe {

namespace {

constexpr std::chrono::milliseconds look_every{200};
constexpr std::chrono::minutes call_patience{10};
constexpr std::chrono::seconds call_pause{1};

} // namespace

bool is_gone(const error& why) {
  return why.code == errc::network || why.code == errc::timeout;
}

result<std::vector<told_event>> event_reader::read(fleet_client& from) {
  dict options{{"after", static_cast<int64_t>(after_)}, {"host", host_}};
  auto answer
    = from.ask(link_question::watch, run_, to_json(value{std::move(options)}));
  if (!answer)
    return answer.why();
  std::vector<told_event> out;
  std::string_view rest{*answer};
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto number = line.find(' ');
    auto name = line.find(' ', number + 1);
    if (number == std::string_view::npos || name == std::string_view::npos)
      continue;
    std::from_chars(line.data(), line.data() + number, after_);
    out.push_back({std::string{line.substr(number + 1, name - number - 1)},
                   std::string{line.substr(name + 1)}});
  }
  return out;
}

std::string line_for(const told_event& event) {
  auto read = parse_json(event.body);
  if (!read)
    return {};
  auto kind = text_in(*read, "event");
  auto row = [&](const std::string& how, const std::string& what) {
    return fmt::format("{:<20} {:<9} {}\n", event.host, how,
                       terminal_line(what));
  };
  if (kind == "run_started")
    return row("begins", text_in(*read, "plan"));
  if (kind == "run_ended")
    return row("ended", text_in(*read, "message"));
  if (kind == "error")
    return row("warning", text_in(*read, "message"));
  auto* result = read->find("result");
  if (kind != "task_ended" || !result)
    return {};
  auto* changed = result->find("changed");
  auto status = text_in(*result, "status");
  if (status == "success")
    status
      = changed && changed->is_bool() && changed->as_bool() ? "changed" : "ok";
  auto msg = text_in(*result, "msg");
  auto what = text_in(*result, "name");
  bool tells = status != "ok" && status != "changed" && !msg.empty();
  return row(status, tells ? what + ": " + msg : what);
}

result<bool> fleet_watch::look(fleet_client& at) {
  // First the state, then the events: what it says has ended is all there.
  auto state = at.ask(link_question::state, run_);
  if (!state)
    return state.why();
  auto read = parse_json(*state);
  if (!read)
    return read.why();
  for (;;) {
    auto more = events_.read(at);
    if (!more)
      return more.why();
    if (more->empty())
      break;
    for (auto& each : *more)
      if (json_)
        line_.put(each.body + "\n");
      else if (auto text = line_for(each); !text.empty())
        line_.say(text);
  }
  tell_away(*read);
  auto status = text_in(*read, "status");
  bool over = is_settled_word(status);
  if (over && json_)
    line_.put(*state + "\n");
  if (over)
    show_end(*read);
  return over;
}

void fleet_watch::tell_away(const value& state) {
  std::set<std::string> away;
  auto* hosts = state.find("hosts");
  for (auto& each : hosts && hosts->is_list() ? hosts->as_list() : list{}) {
    auto* is_away = each.find("away");
    if (!is_away || !is_away->is_bool() || !is_away->as_bool())
      continue;
    auto host = text_in(each, "host");
    auto until = text_in(each, "until");
    // One whose turn has not come may still come in time.
    if (!until.empty() && !away_.contains(host))
      line_.tell(fmt::format("troupe: {} is not connected; its run is waited "
                             "for until {}\n",
                             host, until));
    if (!until.empty())
      away.insert(host);
  }
  away_ = std::move(away);
  auto trouble = text_in(state, "trouble");
  if (trouble != std::exchange(trouble_, trouble) && !trouble.empty())
    line_.tell("troupe: " + trouble + "\n");
}

void fleet_watch::show_end(const value& state) {
  auto status = text_in(state, "status");
  line_.code = status == "ok" ? exit_code::ok : exit_code::tasks_failed;
  if (json_)
    return;
  line_.say("\n");
  if (auto* hosts = state.find("hosts"); hosts && hosts->is_list())
    for (auto& each : hosts->as_list())
      line_.say(fmt::format("{:<20} {:<9} {}\n", text_in(each, "host"),
                            text_in(each, "status"),
                            terminal_line(text_in(each, "text"))));
  auto text = text_in(state, "text");
  line_.say(fmt::format("run {} {}{}\n", run_, status,
                        text.empty() ? "" : ": " + terminal_line(text)));
}

std::unique_ptr<fleet_client> call_again(const std::string& folder,
                                         command_line& line) {
  line.tell("troupe: the controller is away; waiting for it\n");
  auto until = line.machine->clock().steady_now() + call_patience;
  for (;;) {
    auto who = member_in(folder, line);
    if (!who)
      return nullptr;
    auto call = fleet_client::connect(line.machine, *who);
    if (call)
      return std::move(*call);
    if (!is_gone(call.why()) || line.machine->clock().steady_now() >= until) {
      fail_call(call.why(), line);
      return nullptr;
    }
    auto& clock = line.machine->clock();
    clock.sleep_until(later(clock.steady_now(), call_pause), {});
  }
}

void fleet_watch::follow(std::unique_ptr<fleet_client> call) {
  while (call) {
    auto over = look(*call);
    if (over && *over)
      return;
    if (over) {
      call->idle(look_every);
    } else if (is_gone(over.why())) {
      call = call_again(folder_, line_);
    } else {
      return fail_call(over.why(), line_);
    }
  }
}

} // namespace troupe
