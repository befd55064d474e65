#include "modules/module.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/search_text.hpp"
#include "modules/support/network/connections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

class wait_for final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "wait_for",
      .summary = "Waits until a port, a file or a time has come.",
      .arguments
      = {{.name = "host",
          .summary = "Name or address to connect to.",
          .fallback = "127.0.0.1"},
         {.name = "port",
          .type = arg_type::integer,
          .summary = "TCP port that shall open, close or drain."},
         {.name = "path",
          .type = arg_type::path,
          .summary = "File that shall appear or vanish."},
         {.name = "state",
          .summary = "What is waited for.",
          .fallback = "started",
          .choices = {"absent", "drained", "present", "started", "stopped"}},
         {.name = "search_regex",
          .type = arg_type::pattern,
          .summary = "What the file or the answer of the port must contain."},
         {.name = "timeout",
          .type = arg_type::duration,
          .summary = "The longest wait.",
          .fallback = 300},
         {.name = "delay",
          .type = arg_type::duration,
          .summary = "Wait before the first look.",
          .fallback = 0},
         {.name = "sleep",
          .type = arg_type::duration,
          .summary = "Wait between two looks.",
          .fallback = 1},
         {.name = "connect_timeout",
          .type = arg_type::duration,
          .summary = "The longest wait for one connection.",
          .fallback = 5},
         {.name = "exclude_hosts",
          .type = arg_type::list,
          .summary = "Peers whose connections do not count for `drained`."},
         {.name = "active_connection_states",
          .type = arg_type::list,
          .summary = "Connections that count for `drained`.",
          .fallback = list{"ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "SYN_RECV",
                           "SYN_SENT", "TIME_WAIT"}},
         {.name = "msg", .summary = "What is said when the time is over."}},
      .mutually_exclusive = {{"port", "path"}},
      .only_reads = true,
      .example = R"({"wait_for": {"port": 8080, "timeout": 30}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    if (auto fine = check(args); !fine)
      return module_result::failure(fine.why());
    if (auto fine = check_whole(args, "path"); !fine)
      return module_result::failure(fine.why());
    auto& clock = ctx.machine.clock();
    auto start = clock.steady_now();
    auto path = path_argument(args, "path", ctx);
    auto report = [&] {
      module_result out;
      out.data.set("state", args.text("state"));
      out.data.set("port",
                   args.has("port") ? value{args.integer("port")} : value{});
      out.data.set("search_regex", args.has("search_regex")
                                     ? *args.find("search_regex")
                                     : value{});
      out.data.set("path", path.empty() ? value{} : value{path});
      out.data.set("elapsed", std::chrono::duration_cast<std::chrono::seconds>(
                                clock.steady_now() - start)
                                .count());
      return out;
    };
    if (ctx.check_mode)
      return looked_at_once(args, path, report(), ctx);
    auto end = later(start, *args.duration("timeout"));
    auto over = ctx.limit().at_most(end);
    if (!ctx.wait(*args.duration("delay")))
      return stopped(report(), ctx);
    if (!args.has("port") && path.empty())
      return ctx.wait(end - clock.steady_now()) ? report()
                                                : stopped(report(), ctx);
    for (;;) {
      dict found;
      auto met = look(args, path, over, found, ctx);
      if (!met)
        return module_result::failure(met.why());
      if (*met) {
        auto out = report();
        add_found(out, found);
        return out;
      }
      auto left = end - clock.steady_now();
      if (left <= left.zero())
        return late(args, report(), path);
      if (!ctx.wait(
            std::min<std::chrono::nanoseconds>(left, *args.duration("sleep"))))
        return stopped(report(), ctx);
    }
  }

private:
  /// What a search found; empty where nothing was searched for, as playbooks
  /// ask for both without a look at their arguments.
  static void add_found(module_result& out, const dict& found) {
    auto* groups = found.find("match_groups");
    auto* named = found.find("match_groupdict");
    out.data.set("match_groups", groups ? *groups : value{list{}});
    out.data.set("match_groupdict", named ? *named : value{dict{}});
  }

  /// Waiting for the outside makes no sense when nothing is really done: what
  /// is not there, or would not be, nobody knows, nor what a port would do.
  static module_result looked_at_once(const arguments& args,
                                      const std::string& path,
                                      module_result out,
                                      const module_context& ctx) {
    bool only_time = path.empty() && !args.has("port");
    dict found;
    auto met = !path.empty() ? look(args, path, ctx.limit(), found, ctx)
                             : result<bool>{only_time};
    if (!met)
      return module_result::failure(met.why());
    if (*met) {
      add_found(out, found);
      return out;
    }
    out.skipped = true;
    out.msg = "would wait";
    out.data.set("not_known", true);
    return out;
  }

  static result<void> check(const arguments& args) {
    auto state = args.text("state");
    auto port = args.integer("port", 1);
    if (port < 1 || port > 65535)
      return error{errc::invalid_argument,
                   fmt::format("{} is no port; ports are 1 to 65535", port)};
    if (args.has("path") && (state == "stopped" || state == "drained"))
      return error{
        errc::invalid_argument,
        fmt::format("state '{}' is for a port, not for a path", state)};
    if (state == "drained" && !args.has("port"))
      return error{errc::missing_argument,
                   "state 'drained' needs the port whose connections count"};
    if (args.has("exclude_hosts") && state != "drained")
      return error{errc::invalid_argument,
                   "exclude_hosts is for state 'drained' only"};
    if (state == "stopped" && args.has("search_regex"))
      return error{errc::invalid_argument,
                   "search_regex has no meaning for state 'stopped'"};
    if (args.has("search_regex"))
      if (auto valid = compile_search(args.text("search_regex")); !valid)
        return valid.why();
    auto& known = connection_states();
    for (auto& name : args.texts("active_connection_states"))
      if (std::find(known.begin(), known.end(), name) == known.end())
        return error{errc::invalid_argument,
                     fmt::format("'{}' is no state of a TCP connection", name)};
    return {};
  }

  static module_result stopped(module_result out, const module_context& ctx) {
    auto failed = module_result::failure(ctx.must_end());
    failed.data = std::move(out.data);
    return failed;
  }

  static module_result late(const arguments& args, module_result out,
                            const std::string& path) {
    out.failed = true;
    out.timed_out = true;
    out.why = errc::timeout;
    auto what = path.empty()
                  ? fmt::format("{}:{}", args.text("host"), args.text("port"))
                  : path;
    auto state = args.text("state");
    auto wanted = state == "started" || state == "present"
                    ? args.has("search_regex")
                        ? fmt::format("search string {} in {}",
                                      args.text("search_regex"), what)
                        : (path.empty() ? what : "file " + path)
                    : fmt::format("{} to be {}", what, state);
    out.msg = args.has("msg")
                ? args.text("msg")
                : fmt::format("Timeout when waiting for {}", wanted);
    return out;
  }

  /// Whether what is waited for is there. `over`: when there is no time left
  /// to look.
  static result<bool> look(const arguments& args, const std::string& path,
                           const wait_limit& over, dict& found,
                           const module_context& ctx) {
    auto state = args.text("state");
    auto wants_it = state == "started" || state == "present";
    if (!path.empty())
      return look_at_file(args, path, wants_it, found, ctx);
    auto port = static_cast<uint16_t>(args.integer("port"));
    auto host = args.text("host");
    auto& network = ctx.machine.network();
    if (state == "drained")
      return is_drained(args, host, port, over, ctx);
    auto connecting = over.at_most(later(ctx.machine.clock().steady_now(),
                                         *args.duration("connect_timeout")));
    if (!wants_it)
      return !network.connects(host, port, connecting);
    if (!args.has("search_regex"))
      return network.connects(host, port, connecting);
    // A greeting may come at any time until the end.
    return network.reads_until(
      host, port, connecting, over, [&](std::string_view text) {
        return search(args.text("search_regex"), text, found);
      });
  }

  static result<bool> look_at_file(const arguments& args,
                                   const std::string& path, bool wants_it,
                                   dict& found, const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto status = files.status(path, true);
    // What cannot be looked at is not there yet, as in Ansible.
    auto exists = status && *status;
    if (!wants_it) {
      if (!exists)
        return true;
      if (!args.has("search_regex"))
        return false;
      auto text = files.read(path);
      dict ignored;
      return text && !search(args.text("search_regex"), *text, ignored);
    }
    if (!exists)
      return false;
    if (!args.has("search_regex"))
      return true;
    auto text = files.read(path);
    return text && search(args.text("search_regex"), *text, found);
  }

  static bool search(const std::string& pattern, std::string_view text,
                     dict& found) {
    auto match = search_text(pattern, text);
    if (!match)
      return false;
    list groups;
    for (auto& group : match->groups)
      groups.push_back(value::from_host(group));
    dict named;
    for (auto& [name, group] : match->named)
      named.set(name, value::from_host(group));
    found.set("match_groups", std::move(groups));
    found.set("match_groupdict", std::move(named));
    return true;
  }

  static result<bool> is_drained(const arguments& args, const std::string& host,
                                 uint16_t port, const wait_limit& over,
                                 const module_context& ctx) {
    auto open = ctx.machine.network().connections();
    if (!open)
      return open.why();
    connection_filter filter;
    filter.local = ctx.machine.network().addresses(host, over);
    filter.port = port;
    filter.states = args.texts("active_connection_states");
    for (auto& name : args.texts("exclude_hosts"))
      for (auto& address : ctx.machine.network().addresses(name, over))
        filter.excluded.push_back(address);
    return count_connections(*open, filter) == 0;
  }
};

const register_module wait_for_registration{std::make_shared<wait_for>()};

} // namespace

} // namespace troupe
