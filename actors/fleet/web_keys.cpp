#include "actors/fleet/web_keys.hpp"

#include "config/fleet/fleet_names.hpp"
#include "platform/crypto.hpp"

namespace troupe {

namespace {

constexpr std::string_view web_token_mark = "th1.";
constexpr size_t token_bytes = 32;
constexpr std::chrono::hours longest_web_token{24 * 366};
// Nobody needs as many, and each is in memory.
constexpr size_t most_web_tokens = 1000;

} // namespace

result<std::shared_ptr<web_keys>>
web_keys::open(std::shared_ptr<shared_store> store) {
  std::shared_ptr<web_keys> out{new web_keys{std::move(store)}};
  std::lock_guard held{out->store_->mutex};
  auto all = out->store_->kept->web_tokens();
  if (!all)
    return all.why();
  for (auto& each : *all)
    out->all_[each.digest] = std::move(each);
  return out;
}

result<std::string> web_keys::make(const std::string& name, link_role role,
                                   store_time now, std::chrono::seconds time) {
  if (!is_member_name(name))
    return error{errc::invalid_argument,
                 "a token for HTTP needs a name: letters, digits, '-', '_' and "
                 "'.', at most 63"};
  if (role == link_role::runner)
    return error{
      errc::invalid_argument,
      "a token for HTTP is one of a viewer, an operator or an admin"};
  if (time < std::chrono::seconds{1} || time > longest_web_token)
    return error{errc::invalid_argument,
                 "a token for HTTP is good for 1s to 366d"};
  auto secret = random_bytes(token_bytes);
  if (!secret)
    return secret.why();
  auto token = std::string{web_token_mark} + to_hex(*secret);
  web_token out{token_digest(token), name, role, now, now + time};
  std::lock_guard held{mutex_};
  std::erase_if(all_, [&](auto& each) { return each.second.expires <= now; });
  auto before = named(name);
  if (before == all_.end() && all_.size() >= most_web_tokens)
    return error{errc::exhausted, "there are 1000 tokens for HTTP already"};
  std::unique_lock store{store_->mutex};
  if (auto ok = store_->kept->put(out); !ok)
    return ok.why();
  store.unlock();
  if (before != all_.end())
    all_.erase(before);
  all_[out.digest] = out;
  return token;
}

std::map<std::string, web_token>::iterator
web_keys::named(const std::string& name) {
  return std::find_if(all_.begin(), all_.end(),
                      [&](auto& each) { return each.second.name == name; });
}

result<void> web_keys::remove(const std::string& name) {
  std::lock_guard held{mutex_};
  auto found = named(name);
  if (found == all_.end())
    return error{errc::not_found, "no token for HTTP is called " + name};
  std::lock_guard store{store_->mutex};
  if (auto ok = store_->kept->remove_web_token(name); !ok)
    return ok;
  all_.erase(found);
  return {};
}

std::optional<web_holder> web_keys::holder_of(std::string_view token,
                                              store_time now) const {
  if (!token.starts_with(web_token_mark)
      || token.size() != web_token_mark.size() + 2 * token_bytes)
    return std::nullopt;
  return holder_by_digest(token_digest(std::string{token}), now);
}

std::optional<web_holder> web_keys::holder_by_digest(const std::string& digest,
                                                     store_time now) const {
  std::lock_guard held{mutex_};
  auto found = all_.find(digest);
  if (found == all_.end() || found->second.expires <= now)
    return std::nullopt;
  return web_holder{found->second.name, found->second.role};
}

} // namespace troupe
