#include "config/language/language.hpp"
#include "config/value/variables.hpp"
#include "modules/module.hpp"
#include "modules/support/arguments/convert.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

class set_fact final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "set_fact",
      .summary = "Sets variables for the rest of the run.",
      .arguments = {{.name = "cacheable",
                     .type = arg_type::boolean,
                     .summary = "Store them with the facts of the host too.",
                     .fallback = false},
                    {.name = "key_value",
                     .type = arg_type::dict,
                     .summary = "Names and values; usually written directly "
                                "as arguments."}},
      .any_arguments = true,
      .pure = true,
      .sets_variables = true,
      .example = R"({"set_fact": {"port": 8080, "name": "app"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    bool native = ctx.templates && ctx.templates->options().native;
    module_result out;
    for (auto& [key, x] : args.all()) {
      auto name = text_of(key);
      if (name == "cacheable")
        continue;
      auto stored = name == "key_value" ? store_all(x, native, out)
                                        : store(name, x, native, out);
      if (!stored)
        return module_result::failure(stored.why());
    }
    if (out.facts.empty())
      return module_result::failure(errc::missing_argument,
                                    "there is no name to set");
    out.data.set("ansible_facts", out.facts);
    out.data.set("_ansible_facts_cacheable", args.flag("cacheable"));
    return out;
  }

private:
  static result<void> store(const std::string& name, const value& x,
                            bool native, module_result& out) {
    if (!is_variable_name(name))
      return error{errc::invalid_argument,
                   fmt::format("'{}' cannot be the name of a variable: use "
                               "letters, digits and underscores, and no digit "
                               "first",
                               name)};
    // As Ansible without native types: the words for bools become bools.
    auto word = x.is_text() ? x.as_string() : std::string{};
    std::transform(word.begin(), word.end(), word.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    auto is_bool
      = !native
        && (word == "true" || word == "false" || word == "yes" || word == "no");
    out.facts.set(name, is_bool ? value{word == "true" || word == "yes"}
                                : without_tuples(x));
    return {};
  }

  /// What a variable holds has lists where an expression made tuples.
  static value without_tuples(const value& x) {
    if (x.is_list()) {
      list out;
      for (auto& each : x.as_list())
        out.push_back(without_tuples(each));
      return value{std::move(out)};
    }
    if (!x.is_dict())
      return x;
    dict out;
    for (auto& [key, each] : x.as_dict())
      out.set(key, without_tuples(each));
    return value{std::move(out)};
  }

  static result<void> store_all(const value& pairs, bool native,
                                module_result& out) {
    for (auto& [key, x] : pairs.as_dict())
      if (auto done = store(text_of(key), x, native, out); !done)
        return done;
    return {};
  }
};

const register_module set_fact_registration{std::make_shared<set_fact>()};

} // namespace

} // namespace troupe
