#pragma once

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
  [[gnu::always_inline]] void reserve(size_t bytes) {
    if (room_ - used_ < bytes)
      grow(bytes);
  }

  [[gnu::always_inline]] void append(std::string_view x) {
    reserve(x.size());
    copy(at_ + used_, x.data(), x.size());
    used_ += x.size();
  }

  void append(int64_t x);

  std::string_view view() const {
    return {at_, used_};
  }

  size_t size() const {
    return used_;
  }

private:
  char* at_ = nullptr;
  size_t used_ = 0;
  size_t room_ = 0;

  void grow(size_t more);
  void give_back() noexcept;

  /// Two copies of a fixed size, which may overlap one another, cover any size
  /// between.
  template <size_t Part>
  static void copy_ends(char* to, const char* from, size_t n) {
    std::memcpy(to, from, Part);
    std::memcpy(to + n - Part, from + n - Part, Part);
  }

  [[gnu::always_inline]] static void copy(char* to, const char* from,
                                          size_t n) {
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
