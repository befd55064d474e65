#include "platform/predicted/prediction.hpp"

namespace troupe {

namespace {

// More than a run predicts files.
constexpr uint64_t inodes_aside = uint64_t{1} << 62U;

void take_changes(predicted_service& to, const predicted_service& from) {
  auto take = [](std::optional<bool>& x, std::optional<bool> y) {
    if (y)
      x = y;
  };
  take(to.running, from.running);
  take(to.enabled, from.enabled);
  take(to.masked, from.masked);
}

std::unique_ptr<predicted_host> host_below(host& machine, prediction& what,
                                           const std::string& outside) {
  auto* below = what.below();
  return below ? std::make_unique<predicted_host>(machine, *below, outside)
               : nullptr;
}

} // namespace

prediction::prediction(prediction_limits limits, prediction* below)
    : tree{limits}, names{limits.entries / 10}, most_{limits.entries / 10},
      below_{below} {
}

prediction::prediction(prediction& below)
    : prediction{{.inodes = inodes_aside}, &below} {
}

prediction& prediction::aside() {
  std::lock_guard guard{mutex_};
  if (!aside_)
    aside_ = std::make_unique<prediction>(*this);
  return *aside_;
}

bool prediction::is_unsure() const {
  return unsure_ || tree.is_full() || tree.misses_content()
         || (below_ && below_->is_unsure());
}

std::optional<bool> prediction::package(std::string_view name) const {
  std::unique_lock guard{mutex_};
  auto at = packages_.find(name);
  if (at != packages_.end())
    return at->second;
  guard.unlock();
  return below_ ? below_->package(name) : std::nullopt;
}

std::map<std::string, bool, std::less<>> prediction::packages() const {
  auto out = below_ ? below_->packages() : decltype(packages_){};
  std::lock_guard guard{mutex_};
  for (auto& [name, installed] : packages_)
    out.insert_or_assign(name, installed);
  return out;
}

std::map<std::string, predicted_service, std::less<>>
prediction::services() const {
  auto out = below_ ? below_->services() : decltype(services_){};
  std::lock_guard guard{mutex_};
  for (auto& [name, change] : services_)
    take_changes(out[name], change);
  return out;
}

std::optional<std::string> prediction::host_name() const {
  std::unique_lock guard{mutex_};
  if (host_name_ || !below_)
    return host_name_;
  guard.unlock();
  return below_->host_name();
}

void prediction::note_host_name(std::string name) {
  std::lock_guard guard{mutex_};
  host_name_ = std::move(name);
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
  auto out = below_ ? below_->service(name) : predicted_service{};
  std::lock_guard guard{mutex_};
  if (auto at = services_.find(name); at != services_.end())
    take_changes(out, at->second);
  return out;
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
  take_changes(at->second, change);
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
  std::unique_lock guard{mutex_};
  auto at = jobs_.find(id);
  if (at != jobs_.end())
    return at->second;
  guard.unlock();
  return below_ ? below_->job(id) : std::nullopt;
}

predicted_host::predicted_host(host& machine, prediction& what,
                               std::string outside)
    : predicted_host{host_below(machine, what, outside), machine, what,
                     outside} {
}

predicted_host::predicted_host(std::unique_ptr<predicted_host> below,
                               host& machine, prediction& what,
                               std::string outside)
    : forwarding_host{below ? *below : machine}, what_{what},
      below_{std::move(below)}, accounts_{forwarding_host::accounts(),
                                          what.names},
      files_{forwarding_host::files(), accounts_, machine.clock(), what.tree,
             std::move(outside)} {
  accounts_.read_from(files_);
}

} // namespace troupe
