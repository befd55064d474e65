#include "actors/fleet/web_face.hpp"

#include <array>

namespace troupe {

namespace {

// Bytes of a text; what a host has written may be as long as it likes.
constexpr size_t brief_most = 300;

enum class brief_kind { text, flag, number };

struct brief_key {
  const char* name;
  brief_kind kind = brief_kind::text;
};

constexpr auto brief_flag = brief_kind::flag;
constexpr auto brief_number = brief_kind::number;

constexpr std::array event_keys{brief_key{"event"},
                                brief_key{"time"},
                                brief_key{"host"},
                                brief_key{"task"},
                                brief_key{"name"},
                                brief_key{"play"},
                                brief_key{"failed", brief_flag},
                                brief_key{"message"},
                                brief_key{"plan"},
                                brief_key{"duration", brief_number}};
constexpr std::array result_keys{brief_key{"name"},
                                 brief_key{"module"},
                                 brief_key{"status"},
                                 brief_key{"changed", brief_flag},
                                 brief_key{"ignored", brief_flag},
                                 brief_key{"handler", brief_flag},
                                 brief_key{"start"},
                                 brief_key{"duration", brief_number},
                                 brief_key{"error"},
                                 brief_key{"msg"},
                                 brief_key{"reason"},
                                 brief_key{"rescued", brief_flag}};

/// What a host has written may be anything: one that is of another kind than
/// who shows it expects would keep all others from being shown.
bool is_of_kind(const value& x, brief_kind kind) {
  switch (kind) {
  case brief_kind::text:
    return x.is_text();
  case brief_kind::flag:
    return x.is_bool();
  case brief_kind::number:
    return x.is_integer() || x.is_real();
  }
  return false;
}

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
  for (auto& key : keys) {
    auto* found = from.find(key.name);
    if (!found || !is_of_kind(*found, key.kind))
      continue;
    out.set(key.name,
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
