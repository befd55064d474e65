#include "config/language/run/growing_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace troupe {

namespace {

constexpr size_t least_room = 1024;
constexpr size_t most_kept = size_t{64} << 10;

struct memory {
  std::unique_ptr<char[]> at;
  size_t room = 0;
};

/// What this thread keeps: as many as are usually needed inside one another.
thread_local std::array<memory, 4> spare_memory;

} // namespace

void growing_text::append(int64_t x) {
  // With its sign.
  constexpr size_t most_digits = 20;
  reserve(most_digits);
  auto end = std::to_chars(at_ + used_, at_ + used_ + most_digits, x).ptr;
  used_ = static_cast<size_t>(end - at_);
}

void growing_text::grow(size_t more) {
  auto wanted = std::max({used_ + more, 2 * room_, least_room});
  memory next;
  for (auto& each : spare_memory)
    if (each.room >= wanted) {
      next = std::exchange(each, {});
      break;
    }
  if (!next.at)
    next = {std::make_unique_for_overwrite<char[]>(wanted), wanted};
  std::copy_n(at_, used_, next.at.get());
  if (at_)
    give_back();
  at_ = next.at.release();
  room_ = next.room;
}

void growing_text::give_back() noexcept {
  memory back{std::unique_ptr<char[]>{at_}, room_};
  if (back.room > most_kept)
    return;
  auto& least
    = *std::min_element(spare_memory.begin(), spare_memory.end(),
                        [](auto& x, auto& y) { return x.room < y.room; });
  if (least.room < back.room)
    std::swap(least, back);
}

} // namespace troupe
