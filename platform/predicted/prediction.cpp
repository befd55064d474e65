#include "platform/predicted/prediction.hpp"

namespace troupe {

bool prediction::is_unsure() const {
  return unsure_ || tree.is_full() || tree.misses_content();
}

std::optional<bool> prediction::package(std::string_view name) const {
  std::lock_guard guard{mutex_};
  auto at = packages_.find(name);
  return at == packages_.end() ? std::nullopt : std::optional{at->second};
}

void prediction::note_package(std::string_view name, bool installed) {
  // Nobody knows what comes with a package, or goes with it.
  doubt();
  std::lock_guard guard{mutex_};
  auto at = packages_.find(name);
  if (at != packages_.end())
    at->second = installed;
  else if (packages_.size() < most_)
    packages_.emplace(name, installed);
}

predicted_service prediction::service(std::string_view name) const {
  std::lock_guard guard{mutex_};
  auto at = services_.find(name);
  return at == services_.end() ? predicted_service{} : at->second;
}

void prediction::note_service(std::string_view name,
                              const predicted_service& change) {
  // Nor what one makes that is started.
  if (change.running)
    doubt();
  std::lock_guard guard{mutex_};
  auto at = services_.find(name);
  if (at == services_.end()) {
    if (services_.size() >= most_)
      return doubt();
    at = services_.emplace(name, predicted_service{}).first;
  }
  auto take = [](std::optional<bool>& to, std::optional<bool> from) {
    if (from)
      to = from;
  };
  take(at->second.running, change.running);
  take(at->second.enabled, change.enabled);
  take(at->second.masked, change.masked);
}

void prediction::note_job(const std::string& id, predicted_job what) {
  std::lock_guard guard{mutex_};
  if (jobs_.size() < most_ || jobs_.contains(id))
    jobs_[id] = what;
  else
    doubt();
}

void prediction::forget_job(const std::string& id) {
  std::lock_guard guard{mutex_};
  jobs_.erase(id);
}

std::optional<predicted_job> prediction::job(const std::string& id) const {
  std::lock_guard guard{mutex_};
  auto at = jobs_.find(id);
  return at == jobs_.end() ? std::nullopt : std::optional{at->second};
}

predicted_host::predicted_host(host& machine, prediction& what,
                               std::string outside)
    : forwarding_host{machine}, what_{what}, accounts_{machine.accounts(),
                                                       what.names},
      files_{machine.files(), accounts_, machine.clock(), what.tree,
             std::move(outside)} {
}

} // namespace troupe
