#include "config/language/language.hpp"
#include "config/value/variables.hpp"
#include "modules/module.hpp"
#include "modules/support/arguments/argument_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

class validate_argument_spec final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "validate_argument_spec",
      .summary = "Checks variables against a specification.",
      .arguments
      = {{.name = "argument_spec",
          .type = arg_type::dict,
          .summary = "Of each name what it may be: `type`, `required`, "
                     "`choices`, `elements`, `options`, `aliases`.",
          .required = true},
         {.name = "provided_arguments",
          .type = arg_type::dict,
          .summary = "Values, stronger than variables of these names.",
          .fallback = dict{}},
         {.name = "validate_args_context",
          .type = arg_type::dict,
          .summary = "Only returned: what the check is about.",
          .fallback = dict{}}},
      .pure = true,
      .example
      = R"({"validate_argument_spec": {"argument_spec": {"port": {"type": "int", "required": true}}}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto& wanted = args.find("argument_spec")->as_dict();
    auto given = variables_of(wanted, ctx);
    if (!given)
      return module_result::failure(given.why());
    for (auto& [name, x] : args.find("provided_arguments")->as_dict())
      given->set(name, x);
    auto wrong = argument_errors(wanted, *given);
    module_result out;
    if (wrong.empty()) {
      out.msg = "The arg spec validation passed";
    } else {
      out = module_result::failure(
        errc::invalid_argument,
        fmt::format("Validation of arguments failed:\n{}",
                    fmt::join(wrong, "\n")));
      list shown;
      for (auto& each : wrong)
        shown.push_back(each);
      out.data.set("argument_errors", std::move(shown));
      out.data.set("argument_spec_data", wanted);
    }
    out.data.set("validate_args_context", *args.find("validate_args_context"));
    return out;
  }

private:
  /// Those of the specified names that are variables.
  static result<dict> variables_of(const dict& wanted,
                                   const module_context& ctx) {
    dict out;
    if (!ctx.templates || !ctx.names)
      return out;
    for (auto& [key, entry] : wanted) {
      auto name = to_display(key);
      if (!is_variable_name(name))
        continue;
      auto found = ctx.templates->expression(name, *ctx.names, ctx.terms());
      if (found && !found->is_undefined())
        out.set(key, *found);
      // A name that is no variable is not given; anything else is an error.
      if (!found
          && !(found.why().code == errc::undefined
               && (found.why().undefined().empty()
                   || found.why().undefined() == name)))
        return found.why();
    }
    return out;
  }
};

const register_module validate_argument_spec_registration{
  std::make_shared<validate_argument_spec>()};

} // namespace

} // namespace troupe
