#include "config/language/library/version.hpp"

#include "config/language/library/text_tools.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_lower_letter(char c) {
  return c >= 'a' && c <= 'z';
}

value number_of(std::string_view digits) {
  auto out = parse_integer(digits, 10);
  return out ? *out : value{0};
}

error bad_version(std::string_view x) {
  return failure(errc::filter,
                 "Version comparison failed: invalid version number '{}'", x);
}

/// Runs of digits, runs of lower case letters and whatever stands between,
/// as the old "loose" versions of Python have it.
value loose_parts(std::string_view x) {
  std::vector<value> out;
  for (size_t i = 0; i < x.size();) {
    auto from = i;
    if (x[i] == '.') {
      ++i;
      continue;
    }
    if (is_digit(x[i])) {
      while (i < x.size() && is_digit(x[i]))
        ++i;
      out.push_back(number_of(x.substr(from, i - from)));
      continue;
    }
    if (is_lower_letter(x[i])) {
      while (i < x.size() && is_lower_letter(x[i]))
        ++i;
    } else {
      while (i < x.size() && x[i] != '.' && !is_digit(x[i])
             && !is_lower_letter(x[i]))
        ++i;
    }
    out.emplace_back(x.substr(from, i - from));
  }
  return list_of(std::move(out));
}

result<regex::match> matched(std::string_view x, std::string_view pattern,
                             bool ignore_case = false) {
  auto compiled = regex::get(pattern, {ignore_case, false});
  if (!compiled)
    return compiled.why();
  auto found = (*compiled)->find(x, 0, true);
  if (!found)
    return found.why();
  if (!*found)
    return bad_version(x);
  return std::move(**found);
}

value group_number(const regex::match& x, size_t i) {
  return x.groups[i] ? number_of(*x.groups[i]) : value{0};
}

/// 1.2, 1.2.3, 1.2a1: two or three numbers and a pre-release.
result<value> strict_parts(std::string_view x) {
  auto found = matched(x, "(\\d+)\\.(\\d+)(\\.(\\d+))?([ab](\\d+))?\\Z");
  if (!found)
    return found.why();
  value stage = tuple_of({value{"z"}, value{0}});
  if (found->groups[5])
    stage = tuple_of(
      {value{found->groups[5]->substr(0, 1)}, group_number(*found, 6)});
  return tuple_of({group_number(*found, 1), group_number(*found, 2),
                   group_number(*found, 4), stage});
}

/// A part of a semantic pre-release: numbers come before words.
value semantic_part(std::string_view x) {
  auto number = x.find_first_not_of("0123456789") == x.npos;
  if (number)
    return tuple_of({value{0}, number_of(x), value{""}});
  return tuple_of({value{1}, value{0}, value{x}});
}

result<value> semantic_parts(std::string_view x) {
  auto found
    = matched(x, "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
                 "(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)"
                 "(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
                 "(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?\\Z");
  if (!found)
    return found.why();
  std::vector<value> stage;
  if (found->groups[4])
    if (auto parts = split_text(*found->groups[4], ".", -1))
      for (auto& part : *parts)
        stage.push_back(semantic_part(part));
  // A release comes behind all its pre-releases.
  auto release = value{found->groups[4] ? 0 : 1};
  return tuple_of({group_number(*found, 1), group_number(*found, 2),
                   group_number(*found, 3), release,
                   tuple_of(std::move(stage))});
}

constexpr std::string_view pep440_pattern
  = "\\s*v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)"
    "(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\\d+)?)?"
    "(?:-(\\d+)|[-_.]?(post|rev|r)[-_.]?(\\d+)?)?"
    "(?:[-_.]?(dev)[-_.]?(\\d+)?)?"
    "(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\\s*\\Z";

value pep440_release(std::string_view x) {
  std::vector<value> out;
  if (auto parts = split_text(x, ".", -1))
    for (auto& part : *parts)
      out.push_back(number_of(part));
  while (!out.empty() && out.back() == value{0})
    out.pop_back();
  return tuple_of(std::move(out));
}

value pep440_local(std::optional<std::string_view> x) {
  std::vector<value> out;
  if (!x)
    return tuple_of({});
  std::string plain = to_lower(*x);
  for (auto& c : plain)
    if (c == '-' || c == '_')
      c = '.';
  if (auto parts = split_text(plain, ".", -1))
    for (auto& part : *parts) {
      auto number = part.find_first_not_of("0123456789") == part.npos;
      out.push_back(number ? tuple_of({number_of(part), value{""}})
                           : tuple_of({value{-1}, value{part}}));
    }
  return tuple_of(std::move(out));
}

result<value> pep440_parts(std::string_view x) {
  auto found = matched(x, pep440_pattern, true);
  if (!found)
    return found.why();
  auto& groups = found->groups;
  auto dev = groups[8].has_value();
  auto post = groups[5] || groups[6];
  value pre = tuple_of({value{9}, value{0}});
  if (groups[3]) {
    auto word = to_lower(*groups[3]);
    auto rank = word[0] == 'a' ? 1 : word[0] == 'b' ? 2 : 3;
    pre = tuple_of({value{rank}, group_number(*found, 4)});
  } else if (dev && !post) {
    pre = tuple_of({value{0}, value{0}});
  }
  value after = value{-1};
  if (post)
    after = group_number(*found, groups[5] ? 5 : 7);
  // Without "dev" a version comes behind all its development versions.
  auto stage = dev ? tuple_of({value{0}, group_number(*found, 9)})
                   : tuple_of({value{1}, value{0}});
  return tuple_of({group_number(*found, 1), pep440_release(*groups[2]), pre,
                   after, stage, value{groups[10].has_value()},
                   pep440_local(groups[10])});
}

result<value> parts_of(std::string_view x, std::string_view kind) {
  if (kind.empty() || kind == "loose")
    return loose_parts(x);
  if (kind == "strict")
    return strict_parts(x);
  if (kind == "semver" || kind == "semantic")
    return semantic_parts(x);
  return pep440_parts(x);
}

constexpr std::array<std::pair<std::string_view, compare_op>, 14> operators{{
  {"==", compare_op::equal},
  {"=", compare_op::equal},
  {"eq", compare_op::equal},
  {"<", compare_op::less},
  {"lt", compare_op::less},
  {"<=", compare_op::less_equal},
  {"le", compare_op::less_equal},
  {">", compare_op::greater},
  {"gt", compare_op::greater},
  {">=", compare_op::greater_equal},
  {"ge", compare_op::greater_equal},
  {"!=", compare_op::unequal},
  {"<>", compare_op::unequal},
  {"ne", compare_op::unequal},
}};

constexpr std::array<std::string_view, 5> kinds{"loose", "strict", "semver",
                                                "semantic", "pep440"};

} // namespace

result<bool> compare_versions(std::string_view x, std::string_view y,
                              const version_question& ask) {
  if (!ask.kind.empty()
      && std::find(kinds.begin(), kinds.end(), ask.kind) == kinds.end())
    return failure(errc::filter, "Invalid version type ({})", ask.kind);
  const compare_op* op = nullptr;
  for (auto& [name, known] : operators)
    if (name == ask.op)
      op = &known;
  if (!op)
    return failure(errc::filter, "Invalid operator type ({})", ask.op);
  auto left = parts_of(x, ask.kind);
  auto right = parts_of(y, ask.kind);
  if (!left || !right)
    return left ? right.why() : left.why();
  // Equality needs an order too: "1.x" and "1.2" cannot even be unequal.
  if (auto way = *left == *right ? result<int>{0} : order(*left, *right); !way)
    return failure(errc::filter, "Version comparison failed: {}",
                   way.why().message);
  auto out = compare(*op, *left, *right);
  if (!out)
    return failure(errc::filter, "Version comparison failed: {}",
                   out.why().message);
  return out;
}

} // namespace troupe
