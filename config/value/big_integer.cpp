#include "config/value/big_integer.hpp"

#include "config/value/work_meter.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <limits>

namespace troupe {

using boost::multiprecision::cpp_int;

struct big_integer::number {
  cpp_int x;
};

big_integer::big_integer(number x)
    : number_{std::make_unique<number>(std::move(x))} {
}

big_integer::big_integer(int64_t x) : big_integer{number{cpp_int{x}}} {
}

big_integer::big_integer(const big_integer& x)
    : big_integer{number{x.number_->x}} {
}

big_integer::big_integer(big_integer&& x) noexcept = default;

big_integer& big_integer::operator=(big_integer x) noexcept {
  number_.swap(x.number_);
  return *this;
}

big_integer::~big_integer() = default;

big_integer big_integer::of_real(double x) {
  return big_integer{number{cpp_int{x}}};
}

big_integer big_integer::of_digits(std::string_view digits) {
  auto negative = digits.starts_with('-');
  digits.remove_prefix(negative ? 1 : 0);
  // A leading zero would be read as octal.
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty())
    return {};
  cpp_int out{std::string{digits}};
  return big_integer{number{negative ? cpp_int{-out} : out}};
}

void big_integer::append(unsigned base, unsigned digit) {
  number_->x *= base;
  number_->x += digit;
}

std::string big_integer::digits(unsigned base) const {
  uint64_t words = bits() / 64 + 1;
  if (!work_meter::visit(words * words))
    return {};
  if (base == 8)
    return number_->x.str(0, std::ios_base::oct);
  auto out = number_->x.str(0, base == 16 ? std::ios_base::hex
                                          : std::ios_base::fmtflags{});
  for (auto& c : out)
    if (c >= 'A' && c <= 'F')
      c = static_cast<char>(c | 0x20);
  return out;
}

double big_integer::real() const {
  return static_cast<double>(number_->x);
}

int big_integer::sign() const {
  return number_->x.sign();
}

size_t big_integer::bits() const {
  return sign() == 0 ? 0 : msb(abs(number_->x)) + 1;
}

std::vector<uint32_t> big_integer::words() const {
  std::vector<uint32_t> out;
  export_bits(number_->x, std::back_inserter(out), 32, false);
  return out;
}

std::optional<int64_t> big_integer::small() const {
  if (number_->x < std::numeric_limits<int64_t>::min()
      || number_->x > std::numeric_limits<int64_t>::max())
    return std::nullopt;
  return static_cast<int64_t>(number_->x);
}

big_integer big_integer::power(unsigned exponent) const {
  return big_integer{number{pow(number_->x, exponent)}};
}

big_integer big_integer::operator-() const {
  return big_integer{number{-number_->x}};
}

big_integer operator+(const big_integer& x, const big_integer& y) {
  return big_integer{big_integer::number{x.number_->x + y.number_->x}};
}

big_integer operator-(const big_integer& x, const big_integer& y) {
  return big_integer{big_integer::number{x.number_->x - y.number_->x}};
}

big_integer operator*(const big_integer& x, const big_integer& y) {
  return big_integer{big_integer::number{x.number_->x * y.number_->x}};
}

big_integer operator/(const big_integer& x, const big_integer& y) {
  cpp_int quotient;
  cpp_int rest;
  divide_qr(x.number_->x, y.number_->x, quotient, rest);
  if (!rest.is_zero() && rest.sign() != y.sign())
    --quotient;
  return big_integer{big_integer::number{std::move(quotient)}};
}

big_integer operator%(const big_integer& x, const big_integer& y) {
  cpp_int rest = x.number_->x % y.number_->x;
  if (!rest.is_zero() && rest.sign() != y.sign())
    rest += y.number_->x;
  return big_integer{big_integer::number{std::move(rest)}};
}

bool operator==(const big_integer& x, const big_integer& y) {
  return x.number_->x == y.number_->x;
}

std::strong_ordering operator<=>(const big_integer& x, const big_integer& y) {
  return x.number_->x.compare(y.number_->x) <=> 0;
}

value integer_value(const big_integer& number) {
  if (auto small = number.small())
    return value{*small};
  return value{std::make_shared<const big_integer>(number)};
}

big_integer to_big(const value& x) {
  if (x.is_big())
    return x.as_big();
  return x.is_bool() ? int64_t{x.as_bool()} : x.as_int();
}

} // namespace troupe
