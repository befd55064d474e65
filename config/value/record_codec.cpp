#include "config/value/record_codec.hpp"

#include "config/value/big_integer.hpp"

#include <bit>

namespace troupe {

namespace {

// What stands before a value.
enum class tag : uint8_t {
  null,
  no,
  yes,
  integer,
  big,
  real,
  text,
  list,
  dict,
};

// Deeper than any plan or result may be nested.
constexpr unsigned deepest = 1000;

} // namespace

void record_writer::put(bool x) {
  bytes_.push_back(x ? '\1' : '\0');
}

void record_writer::put(uint64_t x) {
  while (x >= 0x80) {
    bytes_.push_back(static_cast<char>(x | 0x80));
    x >>= 7;
  }
  bytes_.push_back(static_cast<char>(x));
}

void record_writer::put_signed(int64_t x) {
  auto bits = static_cast<uint64_t>(x);
  put((bits << 1) ^ (x < 0 ? ~uint64_t{0} : uint64_t{0}));
}

void record_writer::put(std::string_view x) {
  put(uint64_t{x.size()});
  bytes_ += x;
}

void record_writer::put(const std::vector<std::string>& x) {
  put(uint64_t{x.size()});
  for (auto& each : x)
    put(std::string_view{each});
}

void record_writer::put(std::chrono::nanoseconds x) {
  put_signed(x.count());
}

void record_writer::put(std::chrono::system_clock::time_point x) {
  put(
    std::chrono::duration_cast<std::chrono::nanoseconds>(x.time_since_epoch()));
}

void record_writer::put_items(const list& x) {
  bytes_.push_back(static_cast<char>(x.kind));
  put(uint64_t{x.size()});
  for (auto& each : x)
    put(each);
}

void record_writer::put(const dict& x) {
  put(uint64_t{x.size()});
  for (auto& [key, each] : x) {
    put(key);
    put(each);
  }
}

void record_writer::put(const value& x) {
  auto mark = [this](tag what) { bytes_.push_back(static_cast<char>(what)); };
  if (x.is_bool()) {
    mark(x.as_bool() ? tag::yes : tag::no);
  } else if (x.is_big()) {
    mark(tag::big);
    put(x.as_big().digits());
  } else if (x.is_integer()) {
    mark(tag::integer);
    put_signed(x.as_int());
  } else if (x.is_real()) {
    mark(tag::real);
    put(std::bit_cast<uint64_t>(x.as_real()));
  } else if (x.is_text()) {
    mark(tag::text);
    auto& t = x.as_text();
    bytes_.push_back(static_cast<char>((t.unsafe ? 1 : 0) | (t.verbatim ? 2 : 0)
                                       | (t.markup ? 4 : 0)));
    put(std::string_view{t.bytes});
  } else if (x.is_list()) {
    mark(tag::list);
    put_items(x.as_list());
  } else if (x.is_dict()) {
    mark(tag::dict);
    put(x.as_dict());
  } else {
    mark(tag::null);
  }
}

void record_reader::broken() {
  sound_ = false;
  bytes_ = {};
}

uint8_t record_reader::byte() {
  if (bytes_.empty()) {
    broken();
    return 0;
  }
  auto out = static_cast<uint8_t>(bytes_.front());
  bytes_.remove_prefix(1);
  return out;
}

bool record_reader::flag() {
  return byte() != 0;
}

uint64_t record_reader::number() {
  uint64_t out = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    auto next = byte();
    out |= static_cast<uint64_t>(next & 0x7f) << shift;
    if ((next & 0x80) == 0)
      return out;
  }
  broken();
  return 0;
}

int64_t record_reader::signed_number() {
  auto bits = number();
  return static_cast<int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

std::string_view record_reader::raw() {
  auto size = number();
  if (size > bytes_.size()) {
    broken();
    return {};
  }
  auto out = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return out;
}

std::string record_reader::text() {
  return std::string{raw()};
}

size_t record_reader::count() {
  auto out = number();
  if (out > bytes_.size() || out > left_) {
    broken();
    return 0;
  }
  left_ -= out;
  return out;
}

std::vector<std::string> record_reader::texts() {
  std::vector<std::string> out;
  for (auto n = count(); n > 0 && sound_; --n)
    out.push_back(text());
  return out;
}

std::chrono::nanoseconds record_reader::duration() {
  return std::chrono::nanoseconds{signed_number()};
}

std::chrono::system_clock::time_point record_reader::time() {
  return std::chrono::system_clock::time_point{
    std::chrono::duration_cast<std::chrono::system_clock::duration>(
      duration())};
}

dict record_reader::table() {
  return table(0);
}

value record_reader::any() {
  return any(0);
}

dict record_reader::table(unsigned depth) {
  dict out;
  for (auto n = count(); n > 0 && sound_; --n) {
    auto key = any(depth + 1);
    auto item = any(depth + 1);
    out.set(std::move(key), std::move(item));
  }
  return out;
}

value record_reader::any(unsigned depth) {
  if (depth > deepest) {
    broken();
    return {};
  }
  switch (static_cast<tag>(byte())) {
  case tag::null:
    return {};
  case tag::no:
    return false;
  case tag::yes:
    return true;
  case tag::integer:
    return signed_number();
  case tag::big: {
    auto digits = text();
    auto negative = digits.starts_with('-');
    auto number = std::string_view{digits}.substr(negative ? 1 : 0);
    // Nobody writes leading zeros.
    if (number.empty() || number.front() == '0'
        || number.find_first_not_of("0123456789") != std::string_view::npos) {
      broken();
      return {};
    }
    return integer_value(big_integer::of_digits(digits));
  }
  case tag::real:
    return std::bit_cast<double>(number());
  case tag::text: {
    auto marks = byte();
    return value{troupe::text{text(), (marks & 1) != 0, (marks & 2) != 0,
                              (marks & 4) != 0}};
  }
  case tag::list: {
    auto kind = byte();
    troupe::list out{{}, static_cast<troupe::list::form>(kind)};
    if (kind > static_cast<uint8_t>(troupe::list::form::dict_items))
      broken();
    for (auto n = count(); n > 0 && sound_; --n)
      out.push_back(any(depth + 1));
    return value{std::move(out)};
  }
  case tag::dict:
    return value{table(depth)};
  }
  broken();
  return {};
}

} // namespace troupe
