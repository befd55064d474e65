#include "actors/lint/lint.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/source_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace troupe {

namespace {

/// A name alone in a condition, and where in its text it stands.
struct bare_name {
  std::string_view name;
  uint32_t column = 0;
};

bool is_name(std::string_view word) {
  auto letter = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) == 0
         && std::all_of(word.begin(), word.end(), letter);
}

std::vector<std::string_view> words_between(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; (at = text.find_first_not_of(' ', at)) != text.npos;) {
    auto end = std::min(text.find(' ', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

/// Those between `and`, `or` and `not` of a condition, of which nothing more is
/// asked than whether they are true.
std::vector<bare_name> bare_names_in(std::string_view text) {
  auto joins = [](std::string_view word) {
    return word == "and" || word == "or" || word == "not";
  };
  auto words = words_between(text);
  std::vector<bare_name> out;
  for (size_t i = 0; i < words.size(); ++i) {
    bool alone = (i == 0 || joins(words[i - 1]))
                 && (i + 1 == words.size()
                     || (joins(words[i + 1]) && words[i + 1] != "not"));
    if (alone && !joins(words[i]) && is_name(words[i]))
      out.push_back(
        {words[i], static_cast<uint32_t>(words[i].data() - text.data() + 1)});
  }
  return out;
}

/// A text that means no where people write it without quotes.
bool means_no(const value& x) {
  auto flag = x.is_text() ? as_flag(x) : std::nullopt;
  return flag && !*flag;
}

/// Finds variables that are texts and mean no, and conditions that ask them.
class text_conditions {
public:
  text_conditions(const lint_plan& p, const lint_report& report)
      : plan_{p}, report_{report} {
  }

  void run() {
    collect();
    for (auto& each : plan_.holders)
      look_at(*each.conditions);
    for (auto& each : plan_.tasks) {
      look_at(each.what->conditions);
      for (auto* x : {&each.what->until, &each.what->failed_when,
                      &each.what->changed_when})
        look_at(*x, each.what->place);
    }
  }

private:
  void collect() {
    take(plan_.ctx.extra_vars.get());
    take(plan_.ctx.what->vars.get());
    for (auto& each : plan_.ctx.what->plays)
      take(each.defaults.get());
    for (auto& each : plan_.roles) {
      take(each->defaults.get());
      take(each->params.get());
    }
    for (auto& each : plan_.holders)
      take(each.said->vars());
    for (auto& each : plan_.tasks) {
      take(each.what->said.vars());
      if (each.is("set_fact"))
        take(&each.args);
    }
  }

  void take(const dict* names) {
    if (!names)
      return;
    for (auto& [key, x] : *names)
      if (key.is_text() && means_no(x))
        texts_.try_emplace(key.as_string(), x.as_string());
  }

  void look_at(const std::vector<condition>& conditions) const {
    for (auto& each : conditions)
      if (auto* when = std::get_if<when_condition>(&each.what))
        look_at(when->expression, each.place);
  }

  void look_at(const value& x, const source_place& around) const {
    if (x.is_list())
      for (auto& each : x.as_list())
        look_at(each, around);
    if (!x.is_text() || x.as_string().find('\n') != std::string::npos)
      return;
    for (auto& [name, column] : bare_names_in(x.as_string())) {
      auto found = texts_.find(name);
      if (found == texts_.end())
        continue;
      auto part = std::make_shared<error_detail>();
      part->line = 1;
      part->column = column;
      part->text = x.as_string();
      report_({place_of(x, around),
               fmt::format("'{}' is the text \"{}\", and a text that is not "
                           "empty is true; write '{} | bool', or its value "
                           "without quotes",
                           name, found->second, name),
               std::move(part)});
    }
  }

  const lint_plan& plan_;
  const lint_report& report_;
  std::map<std::string, std::string, std::less<>> texts_;
};

} // namespace

void find_text_conditions(const lint_plan& p, const name_table&,
                          const lint_report& report) {
  text_conditions{p, report}.run();
}

} // namespace troupe
