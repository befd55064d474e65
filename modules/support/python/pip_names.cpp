#include "modules/support/python/pip_names.hpp"

#include "config/language/library/version.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view relations = "<>=!~";

bool is_only_version(const std::string& text) {
  auto at = text.find_first_not_of(" \t");
  return at != std::string::npos
         && relations.find(text[at]) != std::string_view::npos;
}

/// Letters in lower case, and one dash where others part words.
std::string plain_name(std::string_view name) {
  std::string out;
  for (char each : name) {
    if (each == '-' || each == '_' || each == '.') {
      if (!out.ends_with("-"))
        out += '-';
    } else {
      out += each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a')
                                        : each;
    }
  }
  return out;
}

pip_requirement parse_requirement(const std::string& written) {
  pip_requirement out{written, {}, {}};
  auto text = trimmed_text(written.substr(0, written.find(';')));
  constexpr std::string_view letters
    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  auto end = std::min(text.find_first_not_of(letters), text.size());
  auto rest = trimmed_text(text.substr(end));
  if (rest.starts_with("["))
    rest = trimmed_text(rest.substr(std::min(rest.find(']') + 1, rest.size())));
  if (end == 0
      || (!rest.empty() && relations.find(rest[0]) == std::string_view::npos))
    return out;
  out.name = plain_name(text.substr(0, end));
  for (auto& part : split_text(rest, ',')) {
    auto each = trimmed_text(part);
    auto at = each.find_first_not_of(relations);
    if (at != std::string::npos && at > 0)
      out.versions.emplace_back(each.substr(0, at),
                                trimmed_text(each.substr(at)));
  }
  return out;
}

} // namespace

bool pip_requirement::is_address() const {
  for (auto system : {"svn+", "git+", "hg+", "bzr+"})
    if (written.starts_with(system))
      return true;
  return false;
}

std::vector<pip_requirement>
parse_pip_names(const std::vector<std::string>& names) {
  std::vector<std::string> joined;
  auto in_brackets = false;
  for (auto& line : names)
    for (auto& part : split_text(line, ',')) {
      if (!joined.empty() && (is_only_version(part) || in_brackets))
        joined.back() += "," + part;
      else
        joined.push_back(part);
      if (part.find('[') != std::string::npos)
        in_brackets = true;
      if (part.find(']') != std::string::npos)
        in_brackets = false;
    }
  std::vector<pip_requirement> out;
  for (auto& each : joined)
    if (!trimmed_text(each).empty())
      out.push_back(parse_requirement(trimmed_text(each)));
  return out;
}

bool fits_version(const pip_requirement& wanted, const std::string& version) {
  return std::all_of(
    wanted.versions.begin(), wanted.versions.end(), [&](auto& each) {
      auto& relation = each.first;
      auto& other = each.second;
      // "==1.4.*" is what begins so.
      if (other.ends_with(".*")) {
        auto begin = other.substr(0, other.size() - 1);
        auto same = (version + ".").starts_with(begin);
        return relation == "!=" ? !same : same;
      }
      if (relation == "===")
        return version == other;
      auto holds = [&](const std::string& op) {
        auto out = compare_versions(version, other, {op, "pep440"});
        return out && *out;
      };
      if (relation != "~=")
        return holds(relation);
      // At least that, and the same but for the last number.
      auto same = other.substr(0, other.rfind('.')) + ".";
      return holds(">=") && (version + ".").starts_with(same);
    });
}

bool has_requirement(const std::string& listed, const pip_requirement& wanted) {
  for (auto& line : split_text(listed, '\n')) {
    auto at = line.find("==");
    if (at != std::string::npos && plain_name(line.substr(0, at)) == wanted.name
        && fits_version(wanted, trimmed_text(line.substr(at + 2))))
      return true;
  }
  return false;
}

} // namespace troupe
