#pragma once

#include "config/language/language.hpp"
#include "modules/module.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/prediction/predict.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace troupe::test {

/// Runs modules on a host, the real one with a private folder by default.
class module_runner {
public:
  module_runner() : module_runner{make_real_host()} {
  }

  explicit module_runner(std::shared_ptr<host> machine)
      : machine_{std::move(machine)} {
    temporary = folder_ / "tmp";
    static_cast<void>(
      make_real_host()->files().make_directory(temporary, 0700));
  }

  /// Checks the arguments and runs the module; a complaint about arguments is
  /// a failed result.
  module_result run(std::string_view name, dict given) {
    auto found = builtin_modules().find(name);
    INFO(name);
    REQUIRE(found);
    if (found->spec().free_form == "_raw_params")
      given = with_line_options(std::move(given), found->spec());
    auto checked = check_arguments(found->spec(), given);
    if (!checked)
      return module_result::failure(checked.why());
    dict_variables visible{names};
    language_options options;
    options.machine = machine_;
    options.search_path = search_path;
    options.secrets = secrets;
    language engine{options};
    module_context ctx{*machine_,   check_mode, diff_mode,   verbosity,
                       search_path, temporary,  environment, deadline,
                       stop,        false,      &engine,     &visible};
    if (!check_mode)
      return found->run(*checked, ctx);
    prediction alone;
    predicted_host predicted{*machine_, made ? *made : alone, temporary};
    module_context dry{predicted,   check_mode, diff_mode,   verbosity,
                       search_path, temporary,  environment, deadline,
                       stop,        false,      &engine,     &visible};
    dry.predicted = &predicted;
    return troupe::predict(*found, *checked, dry);
  }

  /// The same in check mode.
  module_result predict(std::string_view name, dict given) {
    check_mode = true;
    auto out = run(name, std::move(given));
    check_mode = false;
    return out;
  }

  host& machine() {
    return *machine_;
  }

  /// A private folder of the real machine.
  const temp_dir& folder() const {
    return folder_;
  }

  /// What was predicted so far; null: each prediction is the first.
  std::shared_ptr<prediction> made;
  bool check_mode = false;
  bool diff_mode = false;
  int verbosity = 0;
  dict names;
  std::vector<std::string> search_path;
  std::string temporary;
  std::vector<std::pair<std::string, std::string>> environment;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::stop_token stop;
  /// Opens what is encrypted.
  std::shared_ptr<const vault> secrets;

private:
  temp_dir folder_;
  std::shared_ptr<host> machine_;
};

/// The text of an entry of a result; "(absent)" when there is none.
inline std::string text_at(const module_result& from, std::string_view name) {
  auto* x = from.data.find(name);
  return x ? to_display(*x) : "(absent)";
}

/// The integer of an entry of a result.
inline int64_t integer_at(const module_result& from, std::string_view name) {
  auto* x = from.data.find(name);
  REQUIRE(x);
  REQUIRE(x->to_int());
  return *x->to_int();
}

} // namespace troupe::test
