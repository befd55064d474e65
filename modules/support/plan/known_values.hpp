#pragma once

#include "config/plan/plan.hpp"
#include "modules/support/plan/plan_names.hpp"
#include "modules/support/plan/still_machine.hpp"
#include "modules/support/plan/text_lookups.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace troupe {

/// Items of a loop that are looked at; one with more counts as not known.
constexpr size_t most_known_items = 10'000;

/// What a lookup is given.
struct lookup_terms {
  list terms;
  dict options;
};

/// Evaluates what a plan says, as far as it is known before it runs.
class known_values {
public:
  /// `machine` is only looked at; see `still_machine`.
  known_values(const language& templates, host& machine, plan_names names)
      : templates_{templates}, machine_{machine}, names_{std::move(names)} {
  }

  plan_names& names() {
    return names_;
  }

  /// From here on it is about this task, whose loop has the items; null: about
  /// none. The one that it was about before.
  const task* enter(const task* about);

  /// Where lookups look from here on.
  void look_in(std::vector<std::string> search_path) {
    search_path_ = std::move(search_path);
  }

  /// The value, which has templates, for each item of the task's loop. Nothing
  /// when one is not known yet.
  std::optional<std::vector<value>> values_of(const value& given);

  /// What this call is given, for each item of the task's loop. Nothing when
  /// it is not known yet.
  std::optional<std::vector<lookup_terms>> terms_of(const lookup_call& call);

  /// What the lookup of the task's `with_NAME` is given.
  std::optional<list> loop_terms();

private:
  std::optional<value> evaluate(const value& x);
  std::optional<value> evaluate_expression(std::string_view source);
  std::optional<lookup_terms> terms_now(const lookup_call& call);
  std::optional<value> loop_value();
  const std::optional<list>& items();

  /// The results of `one` for each item.
  template <class F>
  auto for_each_item(F one)
    -> std::optional<std::vector<typename std::invoke_result_t<F>::value_type>>;

  const language& templates_;
  still_machine machine_;
  plan_names names_;
  std::vector<std::string> search_path_;
  const task* about_ = nullptr;
  bool has_items_ = false;
  std::optional<list> items_;
};

/// In which folder of a role or beside a plan `with_first_found` looks: by the
/// name of the task's module.
std::string first_found_folder(std::string_view module);

} // namespace troupe
