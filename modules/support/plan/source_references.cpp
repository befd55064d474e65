#include "modules/support/plan/source_references.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/plan/lookup_files.hpp"
#include "modules/support/plan/vars_file_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Whether a call of a lookup gives marks of its own, such as
/// `variable_start_string`.
bool gives_marks(std::string_view text) {
  return text.find("_start_string") != text.npos
         || text.find("_end_string") != text.npos;
}

std::string in_quotes(std::string_view x) {
  return fmt::format("'{}'", x);
}

} // namespace

std::set<std::string> source_references::evaluated(const value& given,
                                                   std::string_view kind,
                                                   const std::string& who) {
  if (!has_template(given))
    return {given.as_string()};
  auto all = values_.values_of(given);
  std::set<std::string> out;
  if (all && std::all_of(all->begin(), all->end(), [](auto& x) {
        return x.is_text();
      }))
    for (auto& each : *all)
      out.insert(each.as_string());
  else
    basket_.unknown(in_quotes(given.as_string()), kind, who);
  return out;
}

void source_references::look_at_loop(const task& t, const std::string& who) {
  // The items are not known where they are made.
  auto about = values_.enter(nullptr);
  look_at(t.loop, who, t.place);
  values_.enter(about);
  if (!looks_up_files(t.loop_lookup))
    return;
  auto below = t.loop_lookup == "first_found" ? first_found_folder(t.module)
                                              : std::string{"files"};
  if (auto terms = values_.loop_terms())
    take_lookup(t.loop_lookup, {std::move(*terms), {}}, below,
                place_of(t.loop, t.place), who);
  else
    basket_.unknown(in_quotes("with_" + t.loop_lookup), below, who);
}

void source_references::look_up(const lookup_call& call,
                                const source_place& place,
                                const std::string& who) {
  if (!looks_up_files(call.name))
    return;
  auto all = values_.terms_of(call);
  if (!all)
    return basket_.unknown(in_quotes(call.text), "files", who);
  for (auto& each : *all)
    take_lookup(call.name, each, "files", place, who);
}

void source_references::take_lookup(const std::string& lookup,
                                    const lookup_terms& given,
                                    const std::string& below,
                                    const source_place& place,
                                    const std::string& who) {
  for (auto& each :
       files_of_lookup(lookup, given.terms, given.options, below)) {
    if (has_template(std::string_view{each.name}))
      basket_.unknown(in_quotes(each.name), below, who);
    else if (each.pattern
             && (!source_basket::is_absolute(each.name)
                 || basket_.is_inside(each.name)))
      basket_.add_matching(each.name, who);
    else
      basket_.add({.name = each.name,
                   .kind = each.kind,
                   .is_template = each.is_template,
                   .optional = true,
                   .computed = true,
                   .own_marks = has_own_marks(given.options)},
                  place, who);
  }
}

void source_references::look_at(const value& x, const std::string& who,
                                const source_place& place) {
  if (x.is_text() && has_template(x))
    look_at_text(x.as_string(), who, place_of(x, place));
  if (x.is_list())
    for (auto& each : x.as_list())
      look_at(each, who, place);
  if (x.is_dict())
    for (auto& [key, each] : x.as_dict())
      look_at(each, who, place);
}

void source_references::look_at_condition(const value& x,
                                          const std::string& who,
                                          const source_place& place) {
  if (x.is_text())
    look_at_text("{{" + x.as_string() + "}}", who, place_of(x, place));
  if (x.is_list())
    for (auto& each : x.as_list())
      look_at_condition(each, who, place);
}

void source_references::look_at_text(std::string_view text,
                                     const std::string& who,
                                     const source_place& place) {
  for (auto& each : references_in(text))
    if (!each.name.empty() && !has_template(std::string_view{each.name}))
      basket_.add({.name = each.name,
                   .kind = each.kind,
                   .is_template = each.kind == "templates",
                   .optional = each.optional,
                   .own_marks = gives_marks(text)},
                  place, who);
  for (auto& each : lookups_in(text))
    look_up(each, place, who);
}

void source_references::look_at_vars_files(const std::string& book,
                                           host& machine) {
  for (auto& entry : vars_file_names(machine, book))
    for (auto& name : evaluated(entry, "vars", "vars_files"))
      if (!name.empty())
        basket_.add({.name = name,
                     .kind = "vars",
                     .optional = true,
                     .computed = has_template(entry)},
                    {std::make_shared<const std::string>(book), entry.place()},
                    "vars_files");
}

void source_references::look_at_argument(const named_source& what,
                                         const source_place& place,
                                         const std::string& who) {
  auto& given = *what.given;
  bool open = what.side == source_side::open;
  if (open)
    basket_.unknown(
      fmt::format("whether '{}' lies beside the plan", given.as_string()),
      what.kind, who);
  for (auto& text : evaluated(given, what.kind, who)) {
    auto name = text;
    if (what.first_word) {
      auto words = split_command(text);
      name = words && !words->empty() ? words->front() : std::string{};
    }
    if (!name.empty() && name.find("://") == std::string::npos)
      basket_.add({.name = std::move(name),
                   .kind = what.kind,
                   .is_template = what.kind == "templates",
                   .optional = open,
                   .computed = has_template(given),
                   .own_marks = what.own_marks},
                  place_of(given, place), who);
  }
}

} // namespace troupe
