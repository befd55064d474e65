#include "config/language/language.hpp"
#include "config/plan/keyword_rows.hpp"
#include "config/value/duration.hpp"
#include "config/value/nearest.hpp"
#include "modules/module.hpp"
#include "modules/support/arguments/convert.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view raw_parameters = "_raw_params";
/// What `args` is when it is a template: it may bring any argument.
constexpr std::string_view variable_parameters = "_variable_params";

const argument* find_argument(const module_spec& spec, std::string_view name) {
  for (auto& arg : spec.arguments)
    if (arg.name == name)
      return &arg;
  for (auto& arg : spec.arguments)
    if (std::find(arg.aliases.begin(), arg.aliases.end(), name)
        != arg.aliases.end())
      return &arg;
  return nullptr;
}

/// A keyword of tasks that may have been written one level too far in.
bool is_of_tasks(std::string_view name) {
  auto number = keyword_number(name);
  return number < keyword_count && (keyword_rows[number].where & in_tasks) != 0;
}

/// Collects what is wrong with the arguments of one task.
class checker {
public:
  checker(const module_spec& spec, bool templates_pending)
      : spec_{spec}, templates_pending_{templates_pending} {
  }

  result<arguments> check(const dict& given) {
    for (auto& [key, x] : given) {
      name_at_ = key.place();
      value_at_ = x.place();
      take(key.is_text() ? key.as_string() : text_of(key), x);
    }
    name_at_ = value_at_ = {};
    if (!more_to_come_)
      require();
    conflicts();
    if (problems_.empty())
      return arguments{std::move(out_), &spec_};
    std::string all;
    for (auto& each : problems_)
      all += (all.empty() ? "" : "; ") + each.message;
    return error{code_, fmt::format("{}: {}", spec_.name, all)};
  }

  const std::vector<argument_problem>& problems() const {
    return problems_;
  }

private:
  void problem(errc code, std::string text) {
    // The class of the first problem stands for all.
    if (problems_.empty())
      code_ = code;
    problems_.push_back({value_at_, std::move(text)});
  }

  void take(const std::string& name, const value& x) {
    if (name == variable_parameters && templates_pending_) {
      more_to_come_ = true;
      return;
    }
    if (name == raw_parameters && !find_argument(spec_, name))
      return take_free_form(x);
    auto* arg = find_argument(spec_, name);
    if (!arg) {
      if (spec_.any_arguments)
        out_.set(name, x);
      else
        unknown(name);
      return;
    }
    if (x.is_null())
      return take_nothing(*arg);
    if (is_set(arg->name) && name != arg->name)
      return problem(
        errc::invalid_argument,
        fmt::format("'{}' and '{}' are the same argument", name, arg->name));
    store(*arg, x);
  }

  /// As if it were not there, unless a default would take its place: there are
  /// modules to which "none" means something else.
  void take_nothing(const argument& arg) {
    if (!arg.fallback.is_null() && !out_.contains(arg.name))
      out_.set(arg.name, value{});
  }

  void store(const argument& arg, const value& x) {
    if (templates_pending_ && has_template(x)) {
      out_.set(arg.name, x);
      return;
    }
    auto converted = convert(chosen_word(arg, x), arg.type, arg.elements);
    if (!converted)
      return problem(
        errc::invalid_argument,
        fmt::format("argument '{}' {}", arg.name, converted.why().message));
    check_choices(arg, *converted);
    out_.set(arg.name, *std::move(converted));
  }

  void check_choices(const argument& arg, const value& x) {
    if (arg.choices.empty())
      return;
    auto check_one = [&](const value& item) {
      auto word = text_of(item);
      if (std::find(arg.choices.begin(), arg.choices.end(), word)
          != arg.choices.end())
        return;
      std::vector<std::string> known{arg.choices.begin(), arg.choices.end()};
      problem(errc::invalid_argument,
              fmt::format("argument '{}' must be one of {}, not '{}'{}",
                          arg.name, fmt::join(known, ", "), word,
                          did_you_mean(word, known)));
    };
    if (x.is_list())
      for (auto& item : x.as_list())
        check_one(item);
    else
      check_one(x);
  }

  void take_free_form(const value& x) {
    if (!spec_.free_form.empty()) {
      if (auto* arg = find_argument(spec_, spec_.free_form))
        store(*arg, x);
      return;
    }
    // `copy: src=a dest=b`: options of any module may be written in a line.
    auto parsed = parse_free_form(text_of(x), {});
    if (!parsed.rest.empty() && parsed.options.empty())
      return problem(errc::invalid_argument,
                     fmt::format("takes named arguments only, not the text "
                                 "'{}'",
                                 parsed.rest));
    // The others are there nevertheless.
    if (!parsed.rest.empty())
      problem(errc::invalid_argument,
              fmt::format("'{}' is no name=value: a value with blanks needs "
                          "quotes",
                          parsed.rest));
    // What came from the host stays no template when it is cut.
    bool marked = x.is_text() && x.as_text().unsafe;
    for (auto& [key, option] : parsed.options)
      take(key.as_string(), marked ? option.marked_unsafe() : option);
  }

  void unknown(const std::string& name) {
    std::vector<std::string> known;
    for (auto& arg : spec_.arguments) {
      known.emplace_back(arg.name);
      for (auto alias : arg.aliases)
        known.emplace_back(alias);
    }
    value_at_ = name_at_.line > 0 ? name_at_ : value_at_;
    if (is_of_tasks(name))
      return problem(
        errc::invalid_argument,
        fmt::format("unknown argument '{0}': it is a keyword of the task, "
                    "written beside '{1}' and as far to the left",
                    name, spec_.name));
    problem(errc::invalid_argument, fmt::format("unknown argument '{}'{}", name,
                                                did_you_mean(name, known)));
    if (auto meant = nearest_name(name, known); !meant.empty())
      if (auto* arg = find_argument(spec_, meant))
        meant_.push_back(arg->name);
  }

  void require() {
    for (auto& arg : spec_.arguments)
      if (arg.required && !is_given(arg.name))
        problem(errc::missing_argument,
                fmt::format("missing argument '{}'", arg.name));
  }

  size_t count(const std::vector<std::string_view>& group) const {
    return static_cast<size_t>(
      std::count_if(group.begin(), group.end(),
                    [this](auto name) { return is_given(name); }));
  }

  /// Before a plan runs: how many may come out as `omit`.
  size_t count_open(const std::vector<std::string_view>& group) const {
    return static_cast<size_t>(
      std::count_if(group.begin(), group.end(), [this](auto name) {
        auto* x = out_.find(name);
        return x && templates_pending_ && has_template(*x)
               && x->text_or("").find("omit") != std::string_view::npos;
      }));
  }

  bool is_set(std::string_view name) const {
    auto* x = out_.find(name);
    return x && !x->is_null();
  }

  /// Also under a name that is nearly right: that has been told.
  bool is_given(std::string_view name) const {
    return is_set(name)
           || std::find(meant_.begin(), meant_.end(), name) != meant_.end();
  }

  void conflicts() {
    for (auto& group : spec_.mutually_exclusive)
      if (count(group) - count_open(group) > 1)
        problem(
          errc::invalid_argument,
          fmt::format("only one of {} may be given", fmt::join(group, ", ")));
    if (more_to_come_)
      return;
    for (auto& group : spec_.required_one_of)
      if (count(group) == 0)
        problem(errc::missing_argument,
                fmt::format("one of {} is missing", fmt::join(group, ", ")));
    for (auto& each : spec_.required_if)
      if (says(each.argument, each.value) && count(each.names) == 0)
        problem(errc::missing_argument,
                fmt::format("{} '{}' needs {}", each.argument, each.value,
                            fmt::join(each.names, " or ")));
  }

  /// Given or by its default.
  bool says(std::string_view name, std::string_view wanted) const {
    auto* given = out_.find(name);
    if (!given || given->is_null())
      if (auto* arg = find_argument(spec_, name))
        given = &arg->fallback;
    return given && given->text_or("") == wanted;
  }

  const module_spec& spec_;
  bool templates_pending_;
  // What is missing may be in a template yet.
  bool more_to_come_ = false;
  dict out_;
  errc code_ = errc::invalid_argument;
  // Where the argument at hand stands.
  text_position name_at_;
  text_position value_at_;
  std::vector<argument_problem> problems_;
  // Arguments that unknown names come near to.
  std::vector<std::string_view> meant_;
};

} // namespace

result<arguments> check_arguments(const module_spec& spec, const dict& given,
                                  bool templates_pending,
                                  std::vector<argument_problem>* wrong) {
  checker all{spec, templates_pending};
  auto out = all.check(given);
  if (wrong)
    *wrong = all.problems();
  return out;
}

const value* arguments::find(std::string_view name) const {
  if (auto* x = given_.find(name); x && !x->is_null())
    return x;
  if (!spec_)
    return nullptr;
  for (auto& arg : spec_->arguments)
    if (arg.name == name)
      return arg.fallback.is_null() ? nullptr : &arg.fallback;
  return nullptr;
}

std::string arguments::text(std::string_view name) const {
  auto* x = find(name);
  return x ? text_of(*x) : std::string{};
}

bool arguments::flag(std::string_view name) const {
  auto* x = find(name);
  return x && bool_of(*x).value_or(false);
}

int64_t arguments::integer(std::string_view name, int64_t fallback) const {
  auto* x = find(name);
  return x ? x->to_int().value_or(fallback) : fallback;
}

double arguments::real(std::string_view name, double fallback) const {
  auto* x = find(name);
  if (!x)
    return fallback;
  if (x->is_real())
    return x->as_real();
  auto number = x->to_int();
  return number ? static_cast<double>(*number) : fallback;
}

std::optional<std::chrono::nanoseconds>
arguments::duration(std::string_view name) const {
  auto* x = find(name);
  if (!x)
    return std::nullopt;
  auto parsed = parse_duration(*x);
  return parsed ? std::optional{*parsed} : std::nullopt;
}

std::vector<std::string> arguments::texts(std::string_view name) const {
  std::vector<std::string> out;
  auto* x = find(name);
  if (x && x->is_list())
    for (auto& item : x->as_list())
      out.push_back(text_of(item));
  else if (x)
    out.push_back(text_of(*x));
  return out;
}

dict shown_arguments(const module_spec& spec, const dict& given) {
  // As Ansible has it.
  constexpr auto mask = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER";
  auto out = given;
  auto hide = [&](std::string_view name) {
    if (auto* x = out.find(name); x && !x->is_null())
      *x = mask;
  };
  for (auto& each : spec.arguments) {
    if (!each.secret)
      continue;
    hide(each.name);
    for (auto& alias : each.aliases)
      hide(alias);
  }
  return out;
}

} // namespace troupe
