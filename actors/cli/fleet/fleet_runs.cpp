#include "actors/cli/fleet/fleet_runs.hpp"

#include "actors/cli/fleet/fleet_watch.hpp"
#include "actors/fleet/fleet_plan.hpp"
#include "actors/fleet/fleet_status.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/fleet/fleet_order.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr std::chrono::hours longest_host_time{24 * 30};

std::string folder_of(const fleet_run_options& given, command_line& line) {
  return member_folder(*line.machine, given.folder, "operator");
}

result<fleet_order> order_of(const fleet_run_options& given,
                             command_line& line) {
  auto text = read_plan_text(*line.machine, given.plan, order_most);
  if (!text)
    return text.why();
  auto vars = read_extra_vars(*line.machine, given.extra_vars);
  if (!vars)
    return vars.why();
  auto time = parse_duration(value{given.expires});
  if (!time)
    return time.why();
  if (auto good = check_hosts(given.hosts); !good)
    return good.why();
  fleet_order out;
  out.made = line.machine->clock().now();
  out.expires
    = out.made + std::chrono::duration_cast<std::chrono::seconds>(*time);
  out.run = new_run_id(out.made);
  out.hosts = given.hosts;
  out.source = text->source;
  out.plan = std::move(text->text);
  out.extra_vars = std::move(*vars);
  if (given.check)
    out.settings.set("check_mode", true);
  return out;
}

result<fleet_terms> terms_of(const fleet_run_options& given) {
  fleet_terms out;
  out.where = given.where;
  for (auto& each : given.serial) {
    auto share = read_share(each);
    if (!share)
      return share.why();
    if (share->number == 0)
      return error{errc::invalid_argument, "a batch has at least one host"};
    out.serial.push_back(*share);
  }
  if (!given.max_fail.empty()) {
    auto share = read_share(given.max_fail);
    if (!share)
      return share.why();
    out.max_fail = *share;
  }
  out.parallel = given.parallel.value_or(0);
  if (given.wait)
    out.wait = std::chrono::seconds{*given.wait};
  if (!given.host_timeout.empty()) {
    auto time = parse_duration(value{given.host_timeout});
    if (!time)
      return time.why();
    if (*time < std::chrono::seconds{1} || *time > longest_host_time)
      return error{errc::invalid_argument,
                   "--host-timeout is between 1s and 30d"};
    out.host_timeout = std::chrono::duration_cast<std::chrono::seconds>(*time);
  }
  return out;
}

/// The plan with what its hosts look at.
result<link_plan> signed_plan(const fleet_run_options& given,
                              const std::string& bytes, command_line& line) {
  auto secret = line.machine->files().read_stream(given.key, size_t{1} << 16U);
  if (!secret)
    return secret.why();
  auto point = public_point(*secret);
  if (!point)
    return error{errc::invalid_argument,
                 given.key + ": " + point.why().message};
  link_plan out;
  sha256 sum;
  sum.update(bytes);
  out.digest = sum.finish();
  auto signature = sign_digest(*secret, out.digest);
  wipe(*secret);
  if (!signature)
    return error{errc::invalid_argument,
                 given.key + ": " + signature.why().message};
  out.size = bytes.size();
  out.signature = std::move(*signature);
  out.key = key_name(*point);
  return out;
}

struct signed_order {
  link_plan plan;
  std::string bytes;
};

result<signed_order> signed_order_of(const fleet_run_options& given,
                                     command_line& line) {
  auto order = order_of(given, line);
  if (!order)
    return order.why();
  auto terms = terms_of(given);
  if (!terms)
    return terms.why();
  auto bytes = write_order(*order);
  if (!bytes)
    return bytes.why();
  auto plan = signed_plan(given, *bytes, line);
  if (!plan)
    return plan.why();
  plan->run = order->run;
  plan->options = write_terms(*terms);
  return signed_order{std::move(*plan), std::move(*bytes)};
}

/// "; waits for web1 and 3 more"
std::string waits_for(const value& run) {
  auto* away = run.find("away");
  if (!away || !away->is_list() || away->as_list().empty())
    return {};
  auto& all = away->as_list();
  std::string out = "; waits for ";
  out += all.begin()->text_or("");
  return all.size() == 1 ? out
                         : out + fmt::format(" and {} more", all.size() - 1);
}

} // namespace

void sign_for_fleet(const fleet_run_options& given, command_line& line) {
  auto made = signed_order_of(given, line);
  if (!made)
    return line.fail(exit_code::usage, made.why().message);
  auto options = parse_json(made->plan.options);
  dict out{{"run", made->plan.run},
           {"key", made->plan.key},
           {"signature", to_hex(made->plan.signature)},
           {"options", options ? std::move(*options) : value{dict{}}},
           {"order", std::move(made->bytes)}};
  line.put(to_json(value{std::move(out)}) + "\n");
}

void run_on_fleet(const fleet_run_options& given, command_line& line) {
  auto made = signed_order_of(given, line);
  if (!made)
    return line.fail(exit_code::usage, made.why().message);
  auto* plan = &made->plan;
  auto* bytes = &made->bytes;
  auto folder = folder_of(given, line);
  auto call = call_controller(folder, line);
  if (!call)
    return;
  // Nothing goes out for a name that is nobody's.
  dict options{{"where", given.where}, {"each", true}};
  if (auto known = call->ask(link_question::hosts, given.hosts,
                             to_json(value{std::move(options)}));
      !known && !is_gone(known.why()))
    return fail_call(known.why(), line);
  auto state = call->submit(*plan, *bytes);
  // It is the same run, however often it is given.
  while (!state && is_gone(state.why())) {
    call = call_again(folder, line);
    if (!call)
      return;
    state = call->submit(*plan, *bytes);
  }
  if (!state)
    return fail_call(state.why(), line);
  if (given.detach)
    return line.put(given.json ? *state + "\n" : plan->run + "\n");
  line.tell("troupe: run " + plan->run + "\n");
  fleet_watch watch{folder, plan->run, given.json, line};
  watch.follow(std::move(call));
}

void watch_run(const fleet_run_options& given, command_line& line) {
  auto folder = folder_of(given, line);
  fleet_watch watch{folder, given.run, given.json, line};
  watch.follow(call_controller(folder, line));
}

void cancel_run(const fleet_run_options& given, command_line& line) {
  auto call = call_controller(folder_of(given, line), line);
  if (!call)
    return;
  auto known = call->ask(link_question::state, given.run);
  if (!known)
    return fail_call(known.why(), line);
  auto before = parse_json(*known);
  if (before && before->find("reported"))
    return line.fail(exit_code::usage,
                     "run " + given.run
                       + " was not sent by this fleet: only its host can end "
                         "it");
  if (before && is_settled_word(text_in(*before, "status")))
    line.warn("run " + given.run + " was over before; nothing was cancelled");
  if (auto sent = call->cancel(given.run); !sent)
    return fail_call(sent.why(), line);
  auto state = call->ask(link_question::state, given.run);
  if (!state)
    return fail_call(state.why(), line);
  auto read = parse_json(*state);
  line.put(given.json || !read ? *state + "\n"
                               : text_in(*read, "status") + "\n");
}

void list_fleet_runs(const fleet_run_options& given, command_line& line) {
  auto call = call_controller(folder_of(given, line), line);
  if (!call)
    return;
  auto answer = call->ask(link_question::runs, "");
  if (!answer)
    return fail_call(answer.why(), line);
  if (given.json)
    return line.put(*answer);
  auto row = [](auto&&... x) {
    return fmt::format("{:<28} {:<10} {:<20} {}\n", x...);
  };
  if (!answer->empty())
    line.say(row("RUN", "STATUS", "SUBMITTED", "BY"));
  for (auto& each : lines_of(*answer))
    line.say(row(text_in(each, "run"), text_in(each, "status"),
                 text_in(each, "submitted").substr(0, 19),
                 text_in(each, "by") + waits_for(each)));
}

void show_fleet_logs(const fleet_run_options& given, command_line& line) {
  auto call = call_controller(folder_of(given, line), line);
  if (!call)
    return;
  if (auto known = call->ask(link_question::state, given.run); !known)
    return fail_call(known.why(), line);
  event_reader events{given.run, given.host};
  for (;;) {
    auto more = events.read(*call);
    if (!more)
      return fail_call(more.why(), line);
    if (more->empty())
      return;
    for (auto& each : *more)
      if (given.json)
        line.put(each.body + "\n");
      else if (auto text = line_for(each); !text.empty())
        line.say(text);
  }
}

} // namespace troupe
