#include "config/fleet/fleet_order.hpp"

#include "config/fleet/fleet_names.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

namespace troupe {

namespace {

constexpr int64_t order_version = 1;
constexpr int64_t latest = 253402300799;

using system_time = std::chrono::system_clock::time_point;

value seconds_of(system_time at) {
  return value{static_cast<int64_t>(std::chrono::system_clock::to_time_t(at))};
}

error damaged(const std::string& what) {
  return {errc::invalid_argument, "this is no order for a fleet: " + what};
}

/// Takes the keys of an order one by one and remembers what was wrong.
struct order_reader {
  const value& from;
  std::string wrong = {};

  std::string text(const char* key) {
    auto* found = from.find(key);
    if (found && found->is_text())
      return found->as_string();
    wrong = key;
    return {};
  }

  system_time time(const char* key) {
    auto* found = from.find(key);
    if (found && found->is_integer() && found->as_int() >= 0
        && found->as_int() <= latest)
      return std::chrono::system_clock::from_time_t(found->as_int());
    wrong = key;
    return {};
  }

  dict table(const char* key) {
    auto* found = from.find(key);
    if (found && found->is_dict())
      return found->as_dict();
    wrong = key;
    return {};
  }
};

} // namespace

result<std::string> write_order(const fleet_order& order) {
  if (!is_utf8(order.plan))
    return error{errc::invalid_argument,
                 "the plan is not UTF-8 and cannot be sent"};
  dict out{{"troupe_order", order_version},
           {"run", order.run},
           {"hosts", order.hosts},
           {"made", seconds_of(order.made)},
           {"expires", seconds_of(order.expires)},
           {"source", order.source},
           {"plan", order.plan},
           {"settings", value{order.settings}},
           {"extra_vars", value{order.extra_vars}}};
  auto bytes = to_json(value{std::move(out)});
  if (bytes.size() > order_most)
    return error{errc::exhausted,
                 "the plan and its variables are longer than 16 MiB"};
  return bytes;
}

result<fleet_order> read_order(std::string_view bytes) {
  if (bytes.size() > order_most)
    return damaged("longer than 16 MiB");
  auto read = parse_json(bytes);
  if (!read)
    return damaged(read.why().message);
  order_reader from{*read};
  if (auto* version = read->find("troupe_order");
      !version || !version->is_integer() || version->as_int() != order_version)
    return damaged("not of version 1");
  fleet_order out;
  out.run = from.text("run");
  out.hosts = from.text("hosts");
  out.made = from.time("made");
  out.expires = from.time("expires");
  out.source = from.text("source");
  out.plan = from.text("plan");
  out.settings = from.table("settings");
  out.extra_vars = from.table("extra_vars");
  if (!is_run_name(out.run))
    from.wrong = "run";
  if (!from.wrong.empty())
    return damaged("its '" + from.wrong + "' is missing or wrong");
  if (auto good = check_hosts(out.hosts); !good)
    return damaged(good.why().message);
  return out;
}

} // namespace troupe
