#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Writes the fields of a record one after another, for `record_reader` to
/// read back in the same order. Unlike JSON it keeps every value exactly:
/// floats, big integers, tuples, and which text came from the host.
class record_writer {
public:
  void put(bool x);
  void put(uint64_t x);
  void put(std::string_view x);
  /// Undefined values and objects of the language, which no result holds,
  /// are written as null.
  void put(const value& x);
  void put(const dict& x);
  void put(const std::vector<std::string>& x);
  void put(std::chrono::nanoseconds x);
  void put(std::chrono::system_clock::time_point x);

  // Neither becomes a bool by accident.
  void put(const char* x) {
    put(std::string_view{x});
  }

  void put(const std::string& x) {
    put(std::string_view{x});
  }

  void put(unsigned x) {
    put(uint64_t{x});
  }

  const std::string& bytes() const {
    return bytes_;
  }

private:
  void put_signed(int64_t x);
  void put_items(const list& x);

  std::string bytes_;
};

/// Reads fields in the order in which they were written. A record that ends
/// too early or holds nonsense makes `sound` false and all further fields
/// empty; reading it never fails in another way.
class record_reader {
public:
  /// Of what nobody here has written: no more than `items_most` values and
  /// texts are read, whatever they say.
  explicit record_reader(std::string_view bytes,
                         uint64_t items_most = UINT64_MAX)
      : bytes_{bytes}, left_{items_most} {
  }

  bool flag();
  uint64_t number();
  std::string text();
  value any();
  dict table();
  std::vector<std::string> texts();
  std::chrono::nanoseconds duration();
  std::chrono::system_clock::time_point time();

  /// Nothing is left: what a newer format has behind it is not there.
  bool at_end() const {
    return bytes_.empty();
  }

  bool sound() const {
    return sound_;
  }

private:
  uint8_t byte();
  int64_t signed_number();
  std::string_view raw();
  value any(unsigned depth);
  dict table(unsigned depth);
  /// How many items follow; each takes at least one byte.
  size_t count();
  void broken();

  std::string_view bytes_;
  uint64_t left_;
  bool sound_ = true;
};

} // namespace troupe
