#include "actors/fleet/web_sessions.hpp"

#include "platform/crypto.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t secret_bytes = 32;

} // namespace

bool web_sessions::is_over(const open_session& one, store_time now) const {
  return now >= one.used + bounds_.idle || now >= one.begun + bounds_.longest;
}

result<std::string> web_sessions::open(std::string_view token, store_time now) {
  if (!keys_->holder_of(token, now))
    return error{errc::permission_denied, "this token is not good now"};
  auto secret = random_bytes(secret_bytes);
  auto guard = random_bytes(secret_bytes);
  if (!secret || !guard)
    return secret ? guard.why() : secret.why();
  auto out = to_hex(*secret);
  std::lock_guard held{mutex_};
  std::erase_if(all_, [&](auto& each) { return is_over(each.second, now); });
  if (all_.size() >= bounds_.sessions)
    all_.erase(std::min_element(all_.begin(), all_.end(), [](auto& x, auto& y) {
      return x.second.used < y.second.used;
    }));
  all_[token_digest(out)]
    = {token_digest(std::string{token}), to_hex(*guard), now, now};
  return out;
}

std::optional<web_session> web_sessions::find(std::string_view secret,
                                              store_time now) {
  if (secret.size() != 2 * secret_bytes)
    return std::nullopt;
  std::lock_guard held{mutex_};
  auto found = all_.find(token_digest(std::string{secret}));
  if (found == all_.end())
    return std::nullopt;
  auto& one = found->second;
  auto who = keys_->holder_by_digest(one.token_digest, now);
  if (!who || is_over(one, now)) {
    all_.erase(found);
    return std::nullopt;
  }
  one.used = now;
  return web_session{std::move(*who), one.guard};
}

void web_sessions::close(std::string_view secret) {
  std::lock_guard held{mutex_};
  all_.erase(token_digest(std::string{secret}));
}

size_t web_sessions::count() const {
  std::lock_guard held{mutex_};
  return all_.size();
}

} // namespace troupe
