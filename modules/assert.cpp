#include "config/language/language.hpp"
#include "modules/module.hpp"
#include "modules/support/arguments/convert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

class assert_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "assert",
      .summary = "Fails unless all conditions hold.",
      .arguments = {{.name = "that",
                     .type = arg_type::raw,
                     .summary = "One condition or a list of them.",
                     .required = true,
                     .conditions = true},
                    {.name = "fail_msg",
                     .type = arg_type::raw,
                     .summary = "Message, or lines of one, when one does not "
                                "hold.",
                     .fallback = "Assertion failed",
                     .aliases = {"msg"}},
                    {.name = "success_msg",
                     .type = arg_type::raw,
                     .summary = "Message when all hold.",
                     .fallback = "All assertions passed"},
                    {.name = "quiet",
                     .type = arg_type::boolean,
                     .summary = "Report nothing but the message.",
                     .fallback = false}},
      .pure = true,
      .example
      = R"({"assert": {"that": ["ansible_memtotal_mb > 512"], "fail_msg": "too small"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    if (!ctx.templates || !ctx.names)
      return module_result::failure(errc::unsupported,
                                    "there is no expression language here");
    auto& that = *args.find("that");
    list clauses;
    if (that.is_list())
      clauses = that.as_list();
    else
      clauses.push_back(that);
    for (auto& clause : clauses) {
      auto holds = ctx.templates->condition(clause, *ctx.names, ctx.terms());
      if (!holds)
        return module_result::failure(
          holds.why().code, fmt::format("The conditional check '{}' failed: {}",
                                        text_of(clause), holds.why().message));
      if (!*holds)
        return refuse(clause, args);
    }
    module_result out;
    out.msg = message(*args.find("success_msg"));
    out.data.set("msg", *args.find("success_msg"));
    // Views tell it whatever their verbosity.
    if (!args.flag("quiet"))
      out.data.set("_ansible_verbose_always", true);
    return out;
  }

private:
  static std::string message(const value& x) {
    if (!x.is_list())
      return text_of(x);
    std::vector<std::string> lines;
    for (auto& line : x.as_list())
      lines.push_back(text_of(line));
    return fmt::format("{}", fmt::join(lines, "\n"));
  }

  static module_result refuse(const value& clause, const arguments& args) {
    auto& msg = *args.find("fail_msg");
    auto out = module_result::failure(errc::command_failed, message(msg));
    out.data.set("msg", msg);
    if (!args.flag("quiet")) {
      out.data.set("assertion", clause);
      out.data.set("evaluated_to", false);
    }
    return out;
  }
};

const register_module assert_registration{std::make_shared<assert_module>()};

} // namespace

} // namespace troupe
