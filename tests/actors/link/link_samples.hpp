#pragma once

#include "actors/link/link_codec.hpp"

#include <vector>

namespace troupe::test {

/// Makes every field of a message something else than it is at first: numbers
/// 1, texts "x" (or as long as they may be), lists of two.
class filling_fields final : public link_fields {
public:
  enum class how : uint8_t { little, all };

  explicit filling_fields(how much = how::little) : much_{much} {
  }

  void number(const char*, uint64_t& x, uint64_t most) override {
    x = much_ == how::all ? most : std::min<uint64_t>(most, 1);
  }

  void text(const char*, std::string& x, size_t most) override {
    x.assign(much_ == how::all ? most : 1, 'x');
  }

  size_t items(const char*, size_t, size_t) override {
    return 2;
  }

private:
  how much_;
};

inline link_message sample_of(const link_row& row) {
  auto out = empty_message(row);
  filling_fields filling;
  visit_fields(out, filling);
  return out;
}

/// One of each type, in the order of their numbers.
inline std::vector<link_message> one_of_each_message() {
  std::vector<link_message> out;
  for (auto& row : link_rows())
    out.push_back(sample_of(row));
  return out;
}

} // namespace troupe::test
