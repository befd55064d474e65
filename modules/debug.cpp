#include "config/language/language.hpp"
#include "config/vault/vault.hpp"
#include "modules/module.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class debug final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "debug",
      .summary = "Prints a message or the value of an expression.",
      .arguments = {{.name = "msg",
                     .type = arg_type::raw,
                     .summary = "What is printed; any value.",
                     .fallback = "Hello world!"},
                    {.name = "var",
                     .type = arg_type::raw,
                     .summary = "Name or expression whose value is printed."},
                    {.name = "verbosity",
                     .type = arg_type::integer,
                     .summary = "Print only from this many `-v` on.",
                     .fallback = 0}},
      .mutually_exclusive = {{"msg", "var"}},
      .pure = true,
      .example = R"({"debug": {"msg": "it is {{ ansible_hostname }}"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    module_result out;
    if (args.integer("verbosity") > ctx.verbosity) {
      out.skipped = true;
      out.data.set("skipped_reason", "Verbosity threshold not met.");
      return out;
    }
    if (auto* var = args.find("var"))
      return show(*var, ctx);
    auto& msg = *args.find("msg");
    out.data.set("msg", msg);
    out.msg = to_display(msg);
    return out;
  }

private:
  static module_result show(const value& var, const module_context& ctx) {
    module_result out;
    // What the engine evaluated already (`var: "{{ x }}"`) is the value.
    if (!var.is_text()) {
      out.data.set(fmt::format("<class '{}'>", type_name(var)), var);
      return out;
    }
    auto& name = var.as_string();
    if (!ctx.templates || !ctx.names)
      return module_result::failure(errc::unsupported,
                                    "there is no template language here");
    auto found = ctx.templates->expression(name, *ctx.names, ctx.terms());
    if (found && is_unopened(*found))
      return module_result::failure(errc::permission_denied,
                                    found->as_undefined().message);
    auto undefined
      = found ? found->is_undefined() : found.why().code == errc::undefined;
    if (undefined)
      out.data.set(name, "VARIABLE IS NOT DEFINED!");
    else if (found)
      out.data.set(name, *found);
    else
      return module_result::failure(found.why());
    return out;
  }
};

const register_module debug_registration{std::make_shared<debug>()};

} // namespace

} // namespace troupe
