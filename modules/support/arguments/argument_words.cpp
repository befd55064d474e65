#include "modules/support/arguments/argument_words.hpp"

#include "config/language/language.hpp"
#include "modules/support/arguments/convert.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

using name_group = std::vector<std::string_view>;

/// Done by Ansible itself, which has other words for what they do not know.
constexpr std::array without_module{
  "assert", "debug",  "fail",      "group_by",
  "pause",  "reboot", "set_stats", "wait_for_connection"};

std::string_view type_word(arg_type type) {
  switch (type) {
  case arg_type::boolean:
    return "bool";
  case arg_type::integer:
    return "int";
  case arg_type::real:
    return "float";
  case arg_type::list:
    return "list";
  case arg_type::dict:
    return "dict";
  case arg_type::path:
    return "path";
  case arg_type::raw:
  case arg_type::mode:
    return "raw";
  case arg_type::duration:
    return "int";
  default:
    return "str";
  }
}

class argument_critic {
public:
  argument_critic(const module_spec& spec, std::string_view called,
                  const dict& given)
      : spec_{spec}, called_{called} {
    take(given);
  }

  std::string first() const {
    if (!malformed_.empty())
      return fmt::format("invalid or malformed argument: '{}'", malformed_);
    for (auto look : {&argument_critic::exclusive, &argument_critic::missing,
                      &argument_critic::types, &argument_critic::choices,
                      &argument_critic::one_of, &argument_critic::conditional,
                      &argument_critic::unknown})
      if (auto found = (this->*look)(); !found.empty())
        return found;
    return {};
  }

private:
  void take(const dict& given) {
    for (auto& [key, x] : given) {
      auto name = to_display(key);
      if (name == "_raw_params" && spec_.free_form.empty()) {
        auto parsed = parse_free_form(to_display(x), {});
        malformed_ = parsed.rest;
        take(parsed.options);
        continue;
      }
      if (name == "_raw_params" && !spec_.free_form.empty())
        name = spec_.free_form;
      auto* arg = find(name);
      if (arg)
        given_.set(arg->name, x);
      else
        unknown_.push_back(name);
    }
  }

  const argument* find(std::string_view name) const {
    for (auto& each : spec_.arguments)
      if (each.name == name
          || std::find(each.aliases.begin(), each.aliases.end(), name)
               != each.aliases.end())
        return &each;
    return nullptr;
  }

  const value* get(std::string_view name) const {
    auto* x = given_.find(name);
    return x && !x->is_null() ? x : nullptr;
  }

  size_t count(const name_group& group) const {
    return static_cast<size_t>(
      std::count_if(group.begin(), group.end(),
                    [this](auto name) { return get(name) != nullptr; }));
  }

  std::string exclusive() const {
    std::vector<std::string> all;
    for (auto& group : spec_.mutually_exclusive)
      if (count(group) > 1)
        all.push_back(fmt::format("{}", fmt::join(group, "|")));
    if (all.empty())
      return {};
    return fmt::format("parameters are mutually exclusive: {}",
                       fmt::join(all, ", "));
  }

  std::string missing() const {
    name_group all;
    for (auto& each : spec_.arguments)
      if (each.required && !given_.find(each.name))
        all.push_back(each.name);
    if (all.empty())
      return {};
    std::sort(all.begin(), all.end());
    return fmt::format("missing required arguments: {}", fmt::join(all, ", "));
  }

  std::string types() const {
    for (auto& each : spec_.arguments) {
      auto* x = get(each.name);
      if (!x)
        continue;
      auto converted = convert(*x, each.type, each.elements);
      if (converted)
        continue;
      // Ansible takes any number, and sets what nobody has meant; of a pattern
      // that is none its modules break off.
      if (each.type == arg_type::mode || each.type == arg_type::pattern)
        return fmt::format("argument '{}' {}", each.name,
                           converted.why().message);
      auto whole = convert(*x, each.type, arg_type::raw);
      if (!whole || !whole->is_list())
        return fmt::format("argument '{}' is of type {} and we were unable to "
                           "convert to {}: {}",
                           each.name, class_words(*x), type_word(each.type),
                           conversion_words(*x, each.type));
      for (auto& item : whole->as_list())
        if (!convert(item, each.elements))
          return fmt::format("Elements value for option '{}' is of type {} and "
                             "we were unable to convert to {}: {}",
                             each.name, class_words(item),
                             type_word(each.elements),
                             conversion_words(item, each.elements));
    }
    return {};
  }

  std::string choices() const {
    for (auto& each : spec_.arguments) {
      auto* x = get(each.name);
      if (!x || each.choices.empty())
        continue;
      auto known = [&](const std::string& word) {
        return std::find(each.choices.begin(), each.choices.end(), word)
               != each.choices.end();
      };
      auto all = fmt::format("{}", fmt::join(each.choices, ", "));
      if (!x->is_list()) {
        if (!known(text_of(*x)))
          return fmt::format("value of {} must be one of: {}, got: {}",
                             each.name, all, to_display(*x));
        continue;
      }
      std::vector<std::string> others;
      for (auto& item : x->as_list())
        if (!known(text_of(item)))
          others.push_back(text_of(item));
      if (!others.empty())
        return fmt::format("value of {} must be one or more of: {}. Got no "
                           "match for: {}",
                           each.name, all, fmt::join(others, ", "));
    }
    return {};
  }

  std::string one_of() const {
    for (auto& group : spec_.required_one_of)
      if (count(group) == 0)
        return fmt::format("one of the following is required: {}",
                           fmt::join(group, ", "));
    return {};
  }

  std::string conditional() const {
    for (auto& each : spec_.required_if) {
      auto* x = get(each.argument);
      if (!x)
        if (auto* arg = find(each.argument))
          x = &arg->fallback;
      if (x && x->text_or("") == each.value && count(each.names) == 0)
        return fmt::format("{} is {} but {} of the following are missing: {}",
                           each.argument, each.value,
                           each.names.size() > 1 ? "any" : "all",
                           fmt::join(each.names, ", "));
    }
    return {};
  }

  std::string unknown() const {
    if (unknown_.empty() || spec_.any_arguments)
      return {};
    if (std::find(without_module.begin(), without_module.end(), spec_.name)
        != without_module.end())
      return fmt::format("Invalid options for {}: {}", called_,
                         fmt::join(unknown_, ","));
    std::vector<std::string> known;
    for (auto& each : spec_.arguments)
      known.push_back(
        each.aliases.empty()
          ? std::string{each.name}
          : fmt::format("{} ({})", each.name, fmt::join(each.aliases, ", ")));
    std::sort(known.begin(), known.end());
    auto names = unknown_;
    std::sort(names.begin(), names.end());
    return fmt::format("Unsupported parameters for ({}) module: {}. Supported "
                       "parameters include: {}.",
                       called_, fmt::join(names, ", "), fmt::join(known, ", "));
  }

  const module_spec& spec_;
  std::string_view called_;
  dict given_;
  std::vector<std::string> unknown_;
  // Text that names no argument.
  std::string malformed_;
};

} // namespace

std::string class_words(const value& x) {
  return fmt::format("<class '{}'>", type_name(x));
}

std::string conversion_words(const value& x, arg_type type) {
  auto cannot = [&](const char* what) {
    return fmt::format("{} cannot be converted to {}", class_words(x), what);
  };
  switch (type) {
  case arg_type::boolean:
    return fmt::format("The value '{}' is not a valid boolean.  Valid booleans "
                       "include: 'yes', 'on', '1', 'true', 't', 'y', 1, 'no', "
                       "'off', '0', 'false', 'f', 'n', 0",
                       to_display(x));
  case arg_type::integer:
  case arg_type::duration:
    return cannot("an int");
  case arg_type::real:
    return cannot("a float");
  case arg_type::list:
    return cannot("a list");
  case arg_type::dict:
    return x.is_text() ? "dictionary requested, could not parse JSON or "
                         "key=value"
                       : cannot("a dict");
  default:
    return cannot("a string");
  }
}

std::string argument_words(const module_spec& spec, std::string_view called,
                           const dict& given) {
  return argument_critic{spec, called, given}.first();
}

} // namespace troupe
