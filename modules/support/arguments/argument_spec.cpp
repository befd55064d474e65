#include "modules/support/arguments/argument_spec.hpp"

#include "config/language/language.hpp"
#include "config/language/library/size_text.hpp"
#include "modules/support/arguments/argument_words.hpp"
#include "modules/support/arguments/convert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace troupe {

namespace {

using sentences = std::vector<std::string>;

constexpr std::pair<std::string_view, arg_type> spec_types[]
  = {{"bool", arg_type::boolean}, {"dict", arg_type::dict},
     {"float", arg_type::real},   {"int", arg_type::integer},
     {"list", arg_type::list},    {"path", arg_type::path},
     {"str", arg_type::str}};

/// Types that take everything (`raw`, `jsonarg`) are none of these.
std::optional<arg_type> spec_type(const value* name) {
  auto text = name ? name->text_or("") : "str";
  for (auto& [known, type] : spec_types)
    if (known == text)
      return type;
  return std::nullopt;
}

/// Sizes are texts with a unit.
bool is_size(const value* name) {
  auto text = name ? name->text_or("") : "";
  return text == "bytes" || text == "bits";
}

/// Whether these are arguments with arguments of their own.
bool has_inner(const value& entry) {
  auto* type = entry.find("type");
  auto* of = entry.find("elements");
  auto* options = entry.find("options");
  auto word = type ? type->text_or("") : "";
  return options && options->is_dict()
         && (word == "dict"
             || (word == "list" && of && of->text_or("") == "dict"));
}

/// One look at a dict of arguments.
class spec_check {
public:
  spec_check(sentences& out, sentences& unknown)
      : out_{out}, unknown_{unknown} {
  }

  void run(const dict& spec, const dict& given, const sentences& inside) {
    if (inside.empty())
      check_texts(spec, given);
    find_unknown(spec, given, inside);
    find_missing(spec, given, inside);
    for (auto& [key, entry] : spec)
      if (auto* x = find_argument(key, entry, given); x && !x->is_null())
        check_type(to_display(key), entry, *x, inside);
    for (auto& [key, entry] : spec)
      if (auto* x = find_argument(key, entry, given); x && !x->is_null())
        check_choices(to_display(key), entry, *x, inside);
    for (auto& [key, entry] : spec)
      if (auto* x = find_argument(key, entry, given); x && !x->is_null())
        enter(to_display(key), entry, *x, inside);
  }

private:
  /// What is to have arguments of its own and is a text that has none is told
  /// before all else, once.
  void check_texts(const dict& spec, const dict& given) {
    for (auto& [key, entry] : spec) {
      auto* x = find_argument(key, entry, given);
      if (x && x->is_text() && has_inner(entry)
          && !convert(*x, arg_type::dict, arg_type::raw)) {
        out_.push_back(conversion_words(*x, arg_type::dict));
        return;
      }
    }
  }

  static const value* find_argument(const value& key, const value& entry,
                                    const dict& given) {
    if (auto* x = given.find(key))
      return x;
    auto* aliases = entry.find("aliases");
    if (aliases && aliases->is_list())
      for (auto& each : aliases->as_list())
        if (auto* x = given.find(each))
          return x;
    return nullptr;
  }

  /// Where it lies, for the end of a sentence.
  static std::string place(const sentences& inside) {
    return inside.empty()
             ? std::string{}
             : fmt::format(" found in {}", fmt::join(inside, " -> "));
  }

  void find_unknown(const dict& spec, const dict& given,
                    const sentences& inside) {
    sentences names;
    auto before = inside.empty() ? std::string{}
                                 : fmt::format("{}.", fmt::join(inside, "."));
    for (auto& one : given) {
      dict alone;
      alone.set(one.first, one.second);
      auto is_it = [&](auto& each) {
        return each.first == one.first
               || find_argument(each.first, each.second, alone);
      };
      if (std::none_of(spec.begin(), spec.end(), is_it))
        names.push_back(before + to_display(one.first));
    }
    if (names.empty())
      return;
    sentences known;
    for (auto& [key, entry] : spec)
      known.push_back(to_display(key));
    std::sort(names.begin(), names.end());
    std::sort(known.begin(), known.end());
    unknown_.push_back(fmt::format("{}. Supported parameters include: {}.",
                                   fmt::join(names, ", "),
                                   fmt::join(known, ", ")));
  }

  void find_missing(const dict& spec, const dict& given,
                    const sentences& inside) {
    sentences names;
    for (auto& [key, entry] : spec) {
      auto* required = entry.find("required");
      if (required && bool_of(*required).value_or(false)
          && !find_argument(key, entry, given))
        names.push_back(to_display(key));
    }
    std::sort(names.begin(), names.end());
    if (!names.empty())
      out_.push_back(fmt::format("missing required arguments: {}{}",
                                 fmt::join(names, ", "), place(inside)));
  }

  /// A bool is a number, too.
  static result<value> as_type(const value& x, arg_type type) {
    if (type == arg_type::real && x.is_bool())
      return value{x.as_bool() ? 1.0 : 0.0};
    return convert(x, type, arg_type::raw);
  }

  void check_type(const std::string& name, const value& entry, const value& x,
                  const sentences& inside) {
    auto* word = entry.find("type");
    auto refuse = [&](const std::string& why) {
      auto where = inside.empty() ? std::string{}
                                  : fmt::format(" found in '{}'.",
                                                fmt::join(inside, " -> "));
      out_.push_back(fmt::format("argument '{}' is of type {}{} and we were "
                                 "unable to convert to {}: {}",
                                 name, class_words(x), where,
                                 word ? to_display(*word) : "str", why));
    };
    if (is_size(word)) {
      bool bits = word->text_or("") == "bits";
      if (!bytes_in(to_display(x), "", bits))
        refuse(fmt::format("{} cannot be converted to a {} value",
                           class_words(x), bits ? "Bit" : "Byte"));
      return;
    }
    auto type = spec_type(word);
    if (!type)
      return;
    auto converted = as_type(x, *type);
    if (!converted)
      return refuse(conversion_words(x, *type));
    auto* of = entry.find("elements");
    auto inner = spec_type(of);
    if (*type != arg_type::list || !of || !inner || !converted->is_list())
      return;
    for (auto& each : converted->as_list())
      if (!convert(each, *inner))
        out_.push_back(fmt::format("Elements value for option '{}'{} is of "
                                   "type {} and we were unable to convert to "
                                   "{}: {}",
                                   name, place(inside), class_words(each),
                                   to_display(*of),
                                   conversion_words(each, *inner)));
  }

  void check_choices(const std::string& name, const value& entry,
                     const value& given, const sentences& inside) {
    // What it becomes is what has to be one of them.
    auto type = spec_type(entry.find("type"));
    auto converted = type ? as_type(given, *type) : result<value>{given};
    auto& x = converted ? *converted : given;
    auto* choices = entry.find("choices");
    if (!choices || !choices->is_list())
      return;
    sentences known;
    for (auto& each : choices->as_list())
      known.push_back(to_display(each));
    auto is_known = [&](const value& each) {
      return std::find(known.begin(), known.end(), to_display(each))
             != known.end();
    };
    if (!x.is_list()) {
      if (!is_known(x))
        out_.push_back(fmt::format("value of {} must be one of: {}, got: {}{}",
                                   name, fmt::join(known, ", "), to_display(x),
                                   place(inside)));
      return;
    }
    sentences wrong;
    for (auto& each : x.as_list())
      if (!is_known(each))
        wrong.push_back(to_display(each));
    if (!wrong.empty())
      out_.push_back(fmt::format("value of {} must be one or more of: {}. Got "
                                 "no match for: {}{}",
                                 name, fmt::join(known, ", "),
                                 fmt::join(wrong, ", "), place(inside)));
  }

  void enter(const std::string& name, const value& entry, const value& x,
             const sentences& inside) {
    auto* options = entry.find("options");
    if (!options || !options->is_dict() || inside.size() >= most_nesting)
      return;
    auto below = inside;
    below.push_back(name);
    auto enter_one = [&](const value& each) {
      auto inner = each.is_text() ? convert(each, arg_type::dict, arg_type::raw)
                                  : result<value>{each};
      if (inner && inner->is_dict())
        run(options->as_dict(), inner->as_dict(), below);
      else if (has_inner(entry))
        out_.push_back(fmt::format(
          "value of '{}' must be of type dict or list of dicts", name));
    };
    if (!x.is_list())
      return enter_one(x);
    for (auto& each : x.as_list())
      enter_one(each);
  }

  sentences& out_;
  sentences& unknown_;
};

} // namespace

std::vector<std::string> argument_errors(const dict& spec, const dict& given) {
  sentences out;
  sentences unknown;
  spec_check{out, unknown}.run(spec, given, {});
  out.insert(out.end(), unknown.begin(), unknown.end());
  return out;
}

} // namespace troupe
