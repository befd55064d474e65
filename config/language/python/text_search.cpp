#include "config/language/python/text_search.hpp"

#include "config/value/work_meter.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace troupe {

namespace {

// Looking for shorter ones takes no longer than looking at all of the text.
constexpr size_t short_search = 32;

} // namespace

size_t find_text(std::string_view x, std::string_view wanted, size_t from) {
  if (wanted.size() <= short_search || from > x.size())
    return x.find(wanted, from);
  auto* found = static_cast<const char*>(
    ::memmem(x.data() + from, x.size() - from, wanted.data(), wanted.size()));
  return found ? static_cast<size_t>(found - x.data()) : x.npos;
}

size_t find_last_text(std::string_view x, std::string_view wanted) {
  if (wanted.size() <= short_search)
    return x.rfind(wanted);
  if (!work_meter::make(x.size() + wanted.size()))
    return x.npos;
  // Backwards the last one is the first.
  std::string backwards{x.rbegin(), x.rend()};
  std::string mirrored{wanted.rbegin(), wanted.rend()};
  auto at = find_text(backwards, mirrored);
  return at == x.npos ? at : x.size() - at - wanted.size();
}

} // namespace troupe
