#include "platform/simulated/debian_version.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// `~` before the end, the end before letters, letters before all else.
int rank_of(std::string_view text) {
  if (text.empty() || is_digit(text[0]))
    return 0;
  auto c = text[0];
  if (c == '~')
    return -1;
  auto is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return static_cast<unsigned char>(c) + (is_letter ? 0 : 256);
}

/// Takes the digits at the beginning, without the zeros before them.
std::string_view take_number(std::string_view& from) {
  auto end = std::find_if_not(from.begin(), from.end(), is_digit);
  auto out = from.substr(0, static_cast<size_t>(end - from.begin()));
  from.remove_prefix(out.size());
  out.remove_prefix(std::min(out.find_first_not_of('0'), out.size()));
  return out;
}

int sign_of(int x) {
  return (x > 0) - (x < 0);
}

int compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a[0])) || (!b.empty() && !is_digit(b[0]))) {
      if (auto order = rank_of(a) - rank_of(b))
        return sign_of(order);
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    auto x = take_number(a);
    auto y = take_number(b);
    if (x.size() != y.size())
      return x.size() < y.size() ? -1 : 1;
    if (auto order = x.compare(y))
      return sign_of(order);
  }
  return 0;
}

std::string_view take_epoch(std::string_view& version) {
  auto mark = version.find(':');
  if (mark == std::string_view::npos)
    return {};
  auto out = version.substr(0, mark);
  version.remove_prefix(mark + 1);
  return out;
}

std::string_view take_revision(std::string_view& version) {
  auto mark = version.rfind('-');
  if (mark == std::string_view::npos)
    return {};
  auto out = version.substr(mark + 1);
  version = version.substr(0, mark);
  return out;
}

} // namespace

int compare_debian_versions(std::string_view a, std::string_view b) {
  auto epoch_a = take_epoch(a);
  auto epoch_b = take_epoch(b);
  if (auto order = compare_part(epoch_a, epoch_b))
    return order;
  auto revision_a = take_revision(a);
  auto revision_b = take_revision(b);
  if (auto order = compare_part(a, b))
    return order;
  return compare_part(revision_a, revision_b);
}

} // namespace troupe
