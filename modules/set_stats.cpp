#include "config/value/variables.hpp"
#include "modules/module.hpp"
#include "modules/support/arguments/convert.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class set_stats final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "set_stats",
      .summary = "Returns figures that a plan wants to be known.",
      .arguments = {{.name = "data",
                     .type = arg_type::dict,
                     .summary = "Names and values.",
                     .required = true},
                    {.name = "per_host",
                     .type = arg_type::boolean,
                     .summary = "Each host has its own.",
                     .fallback = false},
                    {.name = "aggregate",
                     .type = arg_type::boolean,
                     .summary = "Add to what is there instead of replacing it.",
                     .fallback = true}},
      .pure = true,
      .example = R"({"set_stats": {"data": {"rows": 42}}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context&) const override {
    auto& data = args.find("data")->as_dict();
    for (auto& [key, x] : data)
      if (auto name = text_of(key); !is_variable_name(name))
        return module_result::failure(
          errc::invalid_argument,
          fmt::format("The variable name '{}' is not valid. Variables must "
                      "start with a letter or underscore character, and "
                      "contain only letters, numbers and underscores.",
                      name));
    module_result out;
    out.data.set("ansible_stats", dict{{"data", data},
                                       {"per_host", args.flag("per_host")},
                                       {"aggregate", args.flag("aggregate")}});
    return out;
  }
};

const register_module set_stats_registration{std::make_shared<set_stats>()};

} // namespace

} // namespace troupe
