#include "config/value/nearest.hpp"
#include "modules/module.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 3> collections{
  "ansible.builtin.", "ansible.legacy.", "ansible.posix."};

/// The name without the collection that all built-in modules share.
std::string_view short_name(std::string_view name) {
  for (auto prefix : collections)
    if (name.starts_with(prefix))
      return name.substr(prefix.size());
  return name;
}

bool has_alias(const module_spec& spec, std::string_view name) {
  return std::find(spec.aliases.begin(), spec.aliases.end(), name)
         != spec.aliases.end();
}

} // namespace

void module_registry::add(std::shared_ptr<const task_module> ptr) {
  auto name = ptr->spec().name;
  auto at = std::lower_bound(
    modules_.begin(), modules_.end(), name,
    [](auto& one, std::string_view key) { return one->spec().name < key; });
  if (at != modules_.end() && (*at)->spec().name == name)
    *at = std::move(ptr);
  else
    modules_.insert(at, std::move(ptr));
}

std::shared_ptr<const task_module>
module_registry::find(std::string_view name) const {
  // The exact name goes first: `community.general.pacman` is an alias, while
  // `ansible.builtin.copy` is `copy`.
  for (auto key : {name, short_name(name)}) {
    auto at = std::lower_bound(modules_.begin(), modules_.end(), key,
                               [](auto& one, std::string_view wanted) {
                                 return one->spec().name < wanted;
                               });
    if (at != modules_.end() && (*at)->spec().name == key)
      return *at;
    for (auto& one : modules_)
      if (has_alias(one->spec(), key))
        return one;
  }
  return nullptr;
}

std::string module_registry::nearest(std::string_view name) const {
  std::vector<std::string> known;
  for (auto& one : modules_) {
    known.emplace_back(one->spec().name);
    for (auto alias : one->spec().aliases)
      known.emplace_back(alias);
  }
  return nearest_name(short_name(name), known);
}

std::vector<std::shared_ptr<const task_module>> module_registry::all() const {
  return modules_;
}

namespace {

/// What registered itself before anybody asked: to put it in order takes what
/// each says of itself, which not every start needs.
struct registered_modules {
  std::vector<std::shared_ptr<const task_module>> waiting;
  bool asked = false;
};

registered_modules& registered() {
  // Function-local, so that registrations in other files find it constructed.
  static registered_modules instance;
  return instance;
}

module_registry all_registered() {
  module_registry out;
  registered().asked = true;
  for (auto& each : std::exchange(registered().waiting, {}))
    out.add(std::move(each));
  return out;
}

} // namespace

module_registry& builtin_modules() {
  static auto instance = all_registered();
  return instance;
}

register_module::register_module(std::shared_ptr<const task_module> ptr) {
  // Those of shared objects come later.
  if (registered().asked)
    builtin_modules().add(std::move(ptr));
  else
    registered().waiting.push_back(std::move(ptr));
}

bool module_context::wait(std::chrono::nanoseconds time) const {
  auto& clock = machine.clock();
  auto end = later(clock.steady_now(), time);
  auto allowed = limit().at_most(end);
  return clock.sleep_until(allowed.until, stop) && allowed.until == end;
}

error module_context::must_end() const {
  if (stop.stop_requested())
    return {errc::cancelled, "cancelled while waiting"};
  return {errc::timeout, "the task's time was over while waiting"};
}

module_result module_result::failure(errc code, std::string msg) {
  module_result out;
  out.failed = true;
  out.why = code;
  out.msg = std::move(msg);
  return out;
}

module_result module_result::failure(const error& why) {
  auto out = failure(why.code, why.message);
  out.timed_out = why.code == errc::timeout;
  out.cancelled = why.code == errc::cancelled;
  return out;
}

} // namespace troupe
