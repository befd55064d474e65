#include "actors/fleet/web_face.hpp"

#include <array>

namespace troupe {

namespace {

// Bytes of a text; what a host has written may be as long as it likes.
constexpr size_t brief_most = 300;

constexpr std::array<const char*, 10> event_keys{
  "event", "time",   "host",    "task", "name",
  "play",  "failed", "message", "plan", "duration"};
constexpr std::array<const char*, 12> result_keys{
  "name",  "module",   "status", "changed", "ignored", "handler",
  "start", "duration", "error",  "msg",     "reason",  "rescued"};

/// Cut between two characters.
std::string cut_text(std::string_view text) {
  if (text.size() <= brief_most)
    return std::string{text};
  auto end = brief_most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
    --end;
  return std::string{text.substr(0, end)} + "…";
}

template <class Keys>
dict chosen_of(const value& from, const Keys& keys) {
  dict out;
  for (auto* key : keys) {
    auto* found = from.find(key);
    if (!found || found->is_dict() || found->is_list())
      continue;
    out.set(key,
            found->is_text() ? value{cut_text(found->text_or(""))} : *found);
  }
  return out;
}

} // namespace

value brief_event(const value& event) {
  if (!event.is_dict())
    return value{cut_text(event.text_or(""))};
  auto out = chosen_of(event, event_keys);
  if (auto* result = event.find("result"); result && result->is_dict())
    out.set("result", value{chosen_of(*result, result_keys)});
  return value{std::move(out)};
}

} // namespace troupe
