#include "actors/fleet/fleet_plan.hpp"

#include "config/value/json.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

constexpr size_t most_batches = 100;
constexpr int64_t longest_wait = 86'400;
constexpr int64_t longest_host_time = 30 * 86'400;

error wrong(const std::string& what) {
  return {errc::invalid_argument, "option '" + what + "' of the run is wrong"};
}

bool has_failed(const fleet_run_host& x) {
  return x.status == fleet_status::failed || x.status == fleet_status::declined
         || x.status == fleet_status::absent || x.status == fleet_status::lost;
}

bool is_at_work(const fleet_run_host& x) {
  return x.status == fleet_status::offered || x.status == fleet_status::running;
}

uint64_t failures_allowed(const std::vector<fleet_run_host>& hosts,
                          const fleet_terms& terms) {
  if (terms.max_fail)
    return terms.max_fail->of(hosts.size(), 0);
  return terms.serial.empty() ? hosts.size() : 0;
}

/// Seconds under a key, when it is there; false when they are out of bounds.
bool read_seconds(const value& from, const char* key, int64_t least,
                  int64_t most, std::chrono::seconds& to) {
  auto* found = from.find(key);
  if (!found)
    return true;
  if (!found->is_integer() || found->as_int() < least || found->as_int() > most)
    return false;
  to = std::chrono::seconds{found->as_int()};
  return true;
}

} // namespace

uint64_t host_share::of(uint64_t all, uint64_t least) const {
  return std::max(least, percent ? all * number / 100 : number);
}

result<host_share> read_share(std::string_view text) {
  host_share out;
  auto digits = text;
  if (!digits.empty() && digits.back() == '%') {
    out.percent = true;
    digits.remove_suffix(1);
  }
  auto* end = digits.data() + digits.size();
  auto [at, code] = std::from_chars(digits.data(), end, out.number);
  if (code != std::errc{} || at != end || digits.empty()
      || out.number > (out.percent ? 100U : 1'000'000U))
    return error{errc::invalid_argument,
                 "expected a number of hosts or a percentage, found '"
                   + std::string{text} + "'"};
  return out;
}

result<fleet_terms> read_terms(const std::string& json) {
  auto read = parse_json(json);
  if (!read)
    return read.why();
  fleet_terms out;
  if (auto* where = read->find("where")) {
    if (!where->is_text())
      return wrong("where");
    out.where = where->as_string();
  }
  if (auto* serial = read->find("serial")) {
    if (!serial->is_list() || serial->as_list().size() > most_batches)
      return wrong("serial");
    for (auto& each : serial->as_list()) {
      auto share = read_share(each.text_or(""));
      if (!share || share->number == 0)
        return wrong("serial");
      out.serial.push_back(*share);
    }
  }
  if (auto* most = read->find("max_fail")) {
    auto share = read_share(most->text_or(""));
    if (!share)
      return wrong("max_fail");
    out.max_fail = *share;
  }
  if (auto* most = read->find("parallel")) {
    if (!most->is_integer() || most->as_int() < 0)
      return wrong("parallel");
    out.parallel = static_cast<uint64_t>(most->as_int());
  }
  if (!read_seconds(*read, "wait", 0, longest_wait, out.wait))
    return wrong("wait");
  if (!read_seconds(*read, "host_timeout", 1, longest_host_time,
                    out.host_timeout))
    return wrong("host_timeout");
  return out;
}

std::string write_terms(const fleet_terms& terms) {
  auto text = [](const host_share& x) {
    return std::to_string(x.number) + (x.percent ? "%" : "");
  };
  dict out{{"parallel", static_cast<int64_t>(terms.parallel)},
           {"wait", static_cast<int64_t>(terms.wait.count())},
           {"host_timeout", static_cast<int64_t>(terms.host_timeout.count())}};
  if (!terms.where.empty())
    out.set("where", terms.where);
  list serial;
  for (auto& each : terms.serial)
    serial.push_back(value{text(each)});
  if (!serial.empty())
    out.set("serial", value{std::move(serial)});
  if (terms.max_fail)
    out.set("max_fail", text(*terms.max_fail));
  return to_json(value{std::move(out)});
}

std::vector<fleet_run_host> batched(const std::vector<std::string>& names,
                                    const fleet_terms& terms) {
  std::vector<fleet_run_host> out;
  uint64_t batch = 0;
  for (size_t at = 0; at < names.size(); ++batch) {
    auto size = names.size();
    if (!terms.serial.empty())
      size = terms.serial[std::min<size_t>(batch, terms.serial.size() - 1)].of(
        names.size(), 1);
    for (size_t i = 0; i < size && at < names.size(); ++i)
      out.push_back({names[at++], batch, fleet_status::waiting, {}, {}});
  }
  return out;
}

fleet_step next_step(const std::vector<fleet_run_host>& hosts,
                     const fleet_terms& terms) {
  fleet_step out;
  auto failed = static_cast<uint64_t>(
    std::count_if(hosts.begin(), hosts.end(), has_failed));
  auto at_work = static_cast<uint64_t>(
    std::count_if(hosts.begin(), hosts.end(), is_at_work));
  out.over = std::all_of(hosts.begin(), hosts.end(),
                         [](auto& each) { return is_settled(each.status); });
  out.stop = failed > failures_allowed(hosts, terms);
  if (out.over || out.stop)
    return out;
  auto first = std::find_if(hosts.begin(), hosts.end(), [](auto& each) {
    return !is_settled(each.status);
  });
  for (auto i = static_cast<size_t>(first - hosts.begin()); i < hosts.size();
       ++i) {
    if (hosts[i].batch != first->batch
        || (terms.parallel > 0 && at_work >= terms.parallel))
      break;
    if (hosts[i].status != fleet_status::waiting)
      continue;
    out.begin.push_back(i);
    ++at_work;
  }
  return out;
}

fleet_status outcome_of(const std::vector<fleet_run_host>& hosts,
                        bool cancelled) {
  if (cancelled)
    return fleet_status::cancelled;
  bool fine = std::all_of(hosts.begin(), hosts.end(), [](auto& each) {
    return each.status == fleet_status::ok;
  });
  return fine ? fleet_status::ok : fleet_status::failed;
}

} // namespace troupe
