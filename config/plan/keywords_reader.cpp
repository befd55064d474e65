#include "config/plan/keywords_reader.hpp"

#include "config/language/language.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/nearest.hpp"
#include "config/value/variables.hpp"
#include "config/vault/vault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace troupe {

namespace {

const keyword_row* find_row(std::string_view name) {
  static const auto rows = [] {
    std::unordered_map<std::string_view, const keyword_row*> out;
    for (auto& row : keyword_rows)
      out.emplace(row.name, &row);
    return out;
  }();
  auto at = rows.find(name);
  return at == rows.end() ? nullptr : at->second;
}

/// Where a keyword may stand, in words.
std::string places_of(const keyword_row& row) {
  std::vector<std::string> names;
  for (auto place : {in_play, in_block, in_task, in_handler, in_loop_control})
    if (row.where & place)
      names.push_back(describe(place));
  std::string out;
  for (size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return out;
}

/// Whether it is an expression of the language: text, or a list of such.
bool is_expression(const value& x) {
  auto plain = [](const value& y) { return y.is_text() || y.is_bool(); };
  return x.is_list()
           ? std::all_of(x.as_list().begin(), x.as_list().end(), plain)
           : plain(x);
}

/// Which flag was meant by a word that is nearly one, for an error: `yess` is
/// no variable, though it could be one. Empty when the word may be.
std::string meant_flag(const value& x) {
  auto word = x.text_or("");
  return wrong_variable_name(word).empty()
           ? did_you_mean(word, {"yes", "no", "true", "false", "on", "off"})
           : std::string{};
}

/// Whether using it will be an error, which is not one before.
bool holds_unopened(const value& x) {
  if (x.is_list())
    return std::any_of(x.as_list().begin(), x.as_list().end(), holds_unopened);
  if (x.is_dict())
    return std::any_of(
      x.as_dict().begin(), x.as_dict().end(),
      [](const auto& entry) { return holds_unopened(entry.second); });
  return is_unopened(x);
}

class keyword_reader {
public:
  explicit keyword_reader(fields& in) : in_{in} {
  }

  void take(const keyword_row& row, const value& x) {
    switch (row.type) {
    case keyword_type::structure:
    case keyword_type::unused:
      return;
    case keyword_type::table:
      // Keys and items that are wrong are told by their own places.
      if (in_.table(row.name))
        say(row, x, false);
      return;
    case keyword_type::variables:
      if (auto* all = in_.table(row.name)) {
        check_names(row, *all);
        say(row, x, false);
      }
      return;
    case keyword_type::texts:
    case keyword_type::names:
      return take_texts(row, x);
    default:
      break;
    }
    if (row.templated && (has_template(x) || holds_unopened(x)))
      return say(row, x, true);
    auto made = convert_keyword(row, x);
    if (made) {
      made->place_at(x.place());
      return say(row, std::move(*made), false);
    }
    bool flag
      = row.type == keyword_type::flag || row.type == keyword_type::condition;
    auto meant = flag ? meant_flag(x) : std::string{};
    if (row.type == keyword_type::condition && is_expression(x)
        && meant.empty())
      return say(row, x, true);
    in_.fail(row.name,
             fmt::format("'{}': {}{}", row.name, made.why().message, meant));
  }

  keywords all() && {
    return std::move(out_);
  }

private:
  void check_names(const keyword_row& row, const dict& all) {
    for (auto& [key, x] : all)
      if (auto why = wrong_variable_name(key.text_or("")); !why.empty())
        in_.file().refuse(key, fmt::format("'{}': {}", row.name, why));
  }

  void take_texts(const keyword_row& row, const value& x) {
    if (row.templated && x.is_text() && has_template(x))
      return say(row, x, true);
    list texts;
    std::vector<text_position> marks;
    for (auto& each :
         in_.texts(row.name, row.type == keyword_type::texts, &marks)) {
      texts.push_back(value{std::move(each)});
      texts.items.back().place_at(marks[texts.size() - 1]);
    }
    value all{std::move(texts)};
    bool pending = row.templated && has_template(all);
    say(row, std::move(all), pending);
  }

  void say(const keyword_row& row, value x, bool pending) {
    auto number = static_cast<uint8_t>(&row - keyword_rows.data());
    out_.say({std::move(x), number, pending});
  }

  fields& in_;
  keywords out_;
};

/// Modules that are called as a keyword of something else is.
bool is_module(std::string_view name) {
  return name == "pause" || name == "gather_facts";
}

static_assert(keyword_count <= 256, "a keyword's number has one byte");

keywords read(fields& in, keyword_place here,
              std::vector<std::string>* unknown) {
  keyword_reader reader{in};
  if (!in.entries())
    return {};
  for (auto& [key, x] : *in.entries()) {
    // Keys that are no texts are booked already.
    if (!key.is_text())
      continue;
    auto* row = find_row(key.as_string());
    if (row && row->where & here) {
      if (!unknown && row->where == anywhere
          && row->type != keyword_type::structure)
        in.known({row->name});
      if (!x.is_null())
        reader.take(*row, x);
    } else if (row && unknown && !(here & in_tasks && is_module(row->name))) {
      in.fail_key(row->name,
                  fmt::format("{} has no '{}': it stands in {}", describe(here),
                              row->name, places_of(*row)));
    } else if (unknown) {
      unknown->push_back(key.as_string());
    }
  }
  return std::move(reader).all();
}

} // namespace

keywords read_keywords(fields& in, keyword_place here,
                       std::vector<std::string>& unknown) {
  return read(in, here, &unknown);
}

keywords read_keywords(fields& in, keyword_place here) {
  return read(in, here, nullptr);
}

std::vector<std::string> keyword_names(keyword_place here) {
  std::vector<std::string> names;
  for (auto& row : keyword_rows)
    if (row.where & here)
      names.emplace_back(row.name);
  return names;
}

bool is_keyword(std::string_view name) {
  return find_row(name) != nullptr;
}

std::string_view successor_of(std::string_view name) {
  if (name == "sudo" || name == "su")
    return "become";
  if (name == "sudo_user" || name == "su_user")
    return "become_user";
  return {};
}

namespace {

/// The keyword for what other languages call by this word; empty for others.
std::string_view keyword_for(std::string_view word) {
  if (word == "if" || word == "only_if")
    return "when";
  if (word == "foreach" || word == "for_each")
    return "loop";
  // Nearer by its letters is another one, of plans.
  if (word == "retry")
    return "retries";
  return {};
}

/// The keyword whose first words these are; empty when there is none.
std::string begun_keyword(std::string_view name,
                          const std::vector<std::string>& keywords) {
  auto at = std::find_if(keywords.begin(), keywords.end(), [&](auto& each) {
    return each.size() > name.size() && each.starts_with(name)
           && each[name.size()] == '_';
  });
  return name.empty() || at == keywords.end() ? std::string{} : *at;
}

} // namespace

bool is_misspelt_keyword(std::string_view name, keyword_place here) {
  auto keywords = keyword_names(here);
  if (!keyword_for(name).empty() || !begun_keyword(name, keywords).empty())
    return true;
  auto near = nearest_name(name, keywords);
  return !near.empty()
         && edits_between(name, near) <= std::max<size_t>(1, name.size() / 3);
}

void refuse_unknown_keyword(fields& in, keyword_place here,
                            const std::string& name,
                            std::vector<std::string> more) {
  auto refuse = [&](std::string_view why) {
    in.fail_key(name,
                fmt::format("{} has no '{}'{}", describe(here), name, why));
  };
  auto* row = find_row(name);
  if (row)
    return refuse(": it stands in " + places_of(*row));
  if (auto now = successor_of(name); !now.empty())
    return refuse(fmt::format(": it is '{}' now", now));
  auto known = keyword_names(here);
  std::string meant{keyword_for(name)};
  if (std::find(known.begin(), known.end(), meant) == known.end())
    meant.clear();
  known.insert(known.end(), more.begin(), more.end());
  if (meant.empty() && nearest_name(name, known).empty())
    meant = begun_keyword(name, known);
  refuse(meant.empty() ? did_you_mean(name, known)
                       : fmt::format("; did you mean '{}'?", meant));
}

std::string describe(keyword_place place) {
  switch (place) {
  case in_play:
    return "a play";
  case in_block:
    return "a block";
  case in_handler:
    return "a handler";
  case in_loop_control:
    return "loop_control";
  default:
    return "a task";
  }
}

} // namespace troupe
