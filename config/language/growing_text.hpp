#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace troupe {

/// Text that grows by pieces, most of them short: those are copied in place
/// instead of by a call. Threads keep the memory for the next such text.
class growing_text {
public:
  growing_text() = default;
  growing_text(const growing_text&) = delete;
  growing_text& operator=(const growing_text&) = delete;

  ~growing_text() {
    if (at_)
      give_back();
  }

  /// Makes room for that many bytes more.
  void reserve(size_t bytes) {
    if (room_ - used_ < bytes)
      grow(bytes);
  }

  void append(std::string_view x) {
    reserve(x.size());
    copy(at_ + used_, x.data(), x.size());
    used_ += x.size();
  }

  void append(int64_t x) {
    reserve(most_digits);
    auto end = std::to_chars(at_ + used_, at_ + used_ + most_digits, x).ptr;
    used_ = static_cast<size_t>(end - at_);
  }

  std::string_view view() const {
    return {at_, used_};
  }

  size_t size() const {
    return used_;
  }

private:
  // Of a number, with its sign.
  static constexpr size_t most_digits = 20;

  char* at_ = nullptr;
  size_t used_ = 0;
  size_t room_ = 0;

  void grow(size_t more);
  void give_back() noexcept;

  /// Two copies of a fixed size, which may overlap, cover any size between.
  template <size_t Part>
  static void copy_ends(char* to, const char* from, size_t n) {
    char ends[2][Part];
    std::memcpy(ends[0], from, Part);
    std::memcpy(ends[1], from + n - Part, Part);
    std::memcpy(to, ends[0], Part);
    std::memcpy(to + n - Part, ends[1], Part);
  }

  static void copy(char* to, const char* from, size_t n) {
    if (n > 64)
      std::memcpy(to, from, n);
    else if (n >= 32)
      copy_ends<32>(to, from, n);
    else if (n >= 16)
      copy_ends<16>(to, from, n);
    else if (n >= 8)
      copy_ends<8>(to, from, n);
    else if (n >= 4)
      copy_ends<4>(to, from, n);
    else
      for (size_t i = 0; i < n; ++i)
        to[i] = from[i];
  }
};

} // namespace troupe
