#include "config/options.hpp"

#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace troupe {

namespace {

constexpr size_t help_column = 30;

template <class... Ts>
error wrong(fmt::format_string<Ts...> format, Ts&&... xs) {
  return {errc::invalid_argument, fmt::format(format, std::forward<Ts>(xs)...)};
}

/// Takes one command line apart.
class option_reader {
public:
  option_reader(const std::vector<std::string>& given, const option_list& known)
      : given_{given}, known_{known} {
  }

  result<void> run() {
    while (at_ < given_.size()) {
      auto& word = given_[at_++];
      auto done = word.starts_with("--") && word.size() > 2 ? read_long(word)
                  : word.starts_with('-') && word.size() > 1
                    ? read_short(word)
                    : result<void>{wrong("'{}' is not expected", word)};
      if (!done)
        return done;
    }
    return check_exclusions();
  }

private:
  result<void> read_long(const std::string& word) {
    auto sign = word.find('=');
    auto name = word.substr(0, sign);
    auto* found = find(name);
    if (!found)
      return unknown(name);
    if (sign != std::string::npos && !found->takes_value())
      return wrong("{} takes no value", name);
    if (sign != std::string::npos)
      return store(*found, word.substr(sign + 1));
    return take(*found, name);
  }

  result<void> read_short(const std::string& word) {
    for (size_t i = 1; i < word.size(); ++i) {
      auto name = std::string{"-"} + word[i];
      auto* found = find(name);
      if (!found)
        return unknown(name);
      if (found->takes_value() && i + 1 < word.size())
        return store(*found, word.substr(i + 1));
      if (auto done = take(*found, name); !done)
        return done;
    }
    return {};
  }

  const option* find(const std::string& name) const {
    for (auto& each : known_)
      if (each.long_name() == name || each.short_name() == name)
        return &each;
    return nullptr;
  }

  error unknown(const std::string& name) const {
    std::vector<std::string> names;
    for (auto& each : known_)
      names.push_back(each.long_name());
    return wrong("there is no option {}{}", name, did_you_mean(name, names));
  }

  /// An option whose value, if it takes one, is the next word.
  result<void> take(const option& what, const std::string& name) {
    if (!what.takes_value())
      return store(what, "");
    if (at_ == given_.size())
      return wrong("{} needs a value", name);
    return store(what, given_[at_++]);
  }

  result<void> store(const option& what, const std::string& x) {
    seen_.insert(what.long_name());
    if (!what.choices.empty()
        && std::find(what.choices.begin(), what.choices.end(), x)
             == what.choices.end())
      return wrong("{}: expected one of {}, found '{}'", what.long_name(),
                   fmt::join(what.choices, ", "), x);
    if (!what.may_be_empty() && x.empty())
      return wrong("{}: the value is empty", what.long_name());
    if (auto* flag = std::get_if<bool*>(&what.to)) {
      **flag = true;
    } else if (auto* count = std::get_if<int*>(&what.to)) {
      ++**count;
    } else if (auto* text = std::get_if<std::string*>(&what.to)) {
      **text = x;
    } else if (auto* texts = std::get_if<std::vector<std::string>*>(&what.to)) {
      store_texts(what, x, **texts);
    } else {
      return store_number(what, x);
    }
    return {};
  }

  static void store_texts(const option& what, const std::string& x,
                          std::vector<std::string>& to) {
    for (size_t start = 0; start <= x.size();) {
      auto end = what.comma ? std::min(x.find(',', start), x.size()) : x.size();
      to.push_back(x.substr(start, end - start));
      start = end + 1;
    }
  }

  static result<void> store_number(const option& what, const std::string& x) {
    unsigned number = 0;
    auto* end = x.data() + x.size();
    auto [at, code] = std::from_chars(x.data(), end, number);
    if (code != std::errc{} || at != end || number < what.least
        || number > what.most)
      return wrong("{}: expected a whole number from {} to {}, found '{}'",
                   what.long_name(), what.least, what.most, x);
    *std::get<std::optional<unsigned>*>(what.to) = number;
    return {};
  }

  result<void> check_exclusions() const {
    for (auto& each : known_)
      for (auto& other : each.excludes)
        if (seen_.contains(each.long_name()) && seen_.contains(other))
          return wrong("{} and {} exclude each other", each.long_name(), other);
    return {};
  }

  const std::vector<std::string>& given_;
  const option_list& known_;
  size_t at_ = 0;
  std::set<std::string> seen_;
};

} // namespace

std::string option::long_name() const {
  return names.substr(names.find("--"));
}

std::string option::short_name() const {
  return names.starts_with("--") ? std::string{} : names.substr(0, 2);
}

bool option::takes_value() const {
  return !std::holds_alternative<bool*>(to)
         && !std::holds_alternative<int*>(to);
}

result<void> read_options(
  const std::vector<std::string>& given, const option_list& known,
  const std::function<std::optional<std::string>(std::string_view)>& variable) {
  if (variable)
    for (auto& each : known)
      if (auto* text = std::get_if<std::string*>(&each.to))
        if (auto x = each.environment.empty() ? std::nullopt
                                              : variable(each.environment))
          **text = *x;
  return option_reader{given, known}.run();
}

std::string describe_options(const option_list& known) {
  std::string out;
  for (auto& each : known) {
    auto left = "  " + each.names;
    if (!each.choices.empty())
      left += fmt::format(" {}", fmt::join(each.choices, "|"));
    else if (std::holds_alternative<std::optional<unsigned>*>(each.to))
      left += " N";
    else if (each.takes_value())
      left += " X";
    if (left.size() < help_column)
      out += fmt::format("{:{}}{}\n", left, help_column, each.help);
    else
      out += fmt::format("{}\n{:{}}{}\n", left, "", help_column, each.help);
  }
  return out;
}

} // namespace troupe
