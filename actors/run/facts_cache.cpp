#include "actors/run/facts_cache.hpp"

#include <algorithm>

namespace troupe {

using std::chrono::nanoseconds;

bool facts_cache::expired(const entry& e, clock::time_point now,
                          nanoseconds ttl) {
  // A clock that was set back makes a fact from the future: collect anew.
  return now < e.collected || now - e.collected >= ttl;
}

const value* facts_cache::find(std::string_view name, clock::time_point now,
                               std::optional<nanoseconds> ttl) const {
  auto at = facts_.find(name);
  if (at == facts_.end())
    return nullptr;
  auto& found = at->second;
  return expired(found, now, ttl.value_or(found.ttl)) ? nullptr : &found.fact;
}

void facts_cache::set(std::string name, value x, clock::time_point now,
                      std::optional<nanoseconds> ttl) {
  facts_[std::move(name)] = {std::move(x), now, ttl.value_or(ttl_)};
}

void facts_cache::invalidate(std::string_view name) {
  if (auto at = facts_.find(name); at != facts_.end())
    facts_.erase(at);
}

void facts_cache::clear() {
  facts_.clear();
}

void facts_cache::clear_expired(clock::time_point now) {
  std::erase_if(facts_, [&](auto& each) {
    return expired(each.second, now, each.second.ttl);
  });
}

std::optional<facts_cache::clock::time_point>
facts_cache::collected(std::string_view name) const {
  auto at = facts_.find(name);
  if (at == facts_.end())
    return std::nullopt;
  return at->second.collected;
}

dict facts_cache::fresh(clock::time_point now) const {
  dict out;
  for (auto& [name, each] : facts_)
    if (!expired(each, now, each.ttl))
      out.set(name, each.fact);
  return out;
}

value facts_cache::save() const {
  dict out;
  for (auto& [name, each] : facts_)
    out.set(name,
            dict{{"fact", each.fact},
                 {"collected",
                  static_cast<int64_t>(
                    nanoseconds{each.collected.time_since_epoch()}.count())},
                 {"ttl", static_cast<int64_t>(each.ttl.count())}});
  return out;
}

void facts_cache::load(const value& saved) {
  if (!saved.is_dict())
    return;
  for (auto& [name, each] : saved.as_dict()) {
    auto* fact = each.find("fact");
    auto* collected = each.find("collected");
    auto* ttl = each.find("ttl");
    if (!name.is_text() || !fact || !collected || !collected->to_int() || !ttl
        || !ttl->to_int())
      continue;
    auto when = std::chrono::duration_cast<clock::duration>(
      nanoseconds{collected->as_int()});
    nanoseconds kept{ttl->as_int()};
    // The host's own have no age of their own: that of this run counts.
    if (name.as_string().starts_with("ansible_"))
      kept = std::min(kept, ttl_);
    facts_[name.as_string()]
      = {fact->marked_unsafe(), clock::time_point{when}, kept};
  }
}

} // namespace troupe
