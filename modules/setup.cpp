#include "modules/module.hpp"
#include "modules/support/facts/ansible_facts.hpp"
#include "modules/support/facts/local_facts.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

class setup final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "setup",
      .summary = "Gathers facts about the host.",
      .arguments
      = {{.name = "gather_subset",
          .type = arg_type::list,
          .summary = "Groups of facts; `!` before a name leaves it out.",
          .fallback = list{"all"}},
         {.name = "gather_timeout",
          .type = arg_type::integer,
          .summary = "Seconds that each executable local fact may take.",
          .fallback = 10},
         {.name = "filter",
          .type = arg_type::list,
          .summary = "Shell patterns of the facts to return."},
         {.name = "fact_path",
          .type = arg_type::path,
          .summary = "Folder of local facts (`*.fact`).",
          .fallback = "/etc/ansible/facts.d"}},
      .aliases = {"gather_facts"},
      .only_reads = true,
      .example = R"({"setup": {"gather_subset": ["network"]}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto subsets = args.texts("gather_subset");
    auto topics = select_topics(subsets);
    if (!topics)
      return module_result::failure(topics.why());
    fact_collection found{ctx, {}, {}};
    for (auto& topic : fact_topics())
      if (topics->contains(topic.name) && !must_end(ctx))
        topic.collect(found);
    if (wants_local(subsets) && !must_end(ctx))
      collect_local(found, path_argument(args, "fact_path", ctx),
                    std::chrono::seconds{
                      std::max<int64_t>(1, args.integer("gather_timeout"))});
    module_result out;
    auto filters = args.texts("filter");
    for (auto& [key, x] : found.facts) {
      auto name = "ansible_" + key.as_string();
      if (passes_filter(name, filters))
        out.facts.set(name, x);
    }
    if (must_end(ctx))
      return cut_short(std::move(out), std::move(found.warnings), ctx);
    for (auto tool : {"facter", "ohai"})
      if (std::find(subsets.begin(), subsets.end(), tool) != subsets.end())
        collect_tool(tool, filters, out, ctx);
    if (filters.empty()) {
      list gathered;
      for (auto& subset : subsets)
        gathered.push_back(subset);
      out.facts.set("gather_subset", std::move(gathered));
      out.facts.set("module_setup", true);
    }
    out.warnings = std::move(found.warnings);
    rename_host(out, ctx);
    out.data.set("ansible_facts", out.facts);
    return out;
  }

private:
  /// In check mode: the name that an earlier task would have given it.
  static void rename_host(module_result& out, const module_context& ctx) {
    auto name
      = ctx.predicted ? ctx.predicted->what().host_name() : std::nullopt;
    if (!name)
      return;
    auto set = [&](const char* fact, std::string text) {
      if (out.facts.find(fact))
        out.facts.set(fact, value::from_host(std::move(text)));
    };
    set("ansible_hostname", name->substr(0, name->find('.')));
    set("ansible_nodename", *name);
    if (out.facts.find("ansible_fqdn") || out.facts.find("ansible_domain"))
      doubt_facts(out, ctx,
                  "'ansible_fqdn' and 'ansible_domain' of a host that would "
                  "have another name");
  }

  static bool must_end(const module_context& ctx) {
    auto& clock = ctx.machine.clock();
    return ctx.stop.stop_requested()
           || (ctx.deadline && clock.steady_now() >= *ctx.deadline);
  }

  /// What was found until its time was over is no answer, but can be seen.
  static module_result cut_short(module_result until,
                                 std::vector<std::string> warnings,
                                 const module_context& ctx) {
    auto out = module_result::failure(ctx.must_end());
    out.warnings = std::move(warnings);
    out.data.set("ansible_facts", std::move(until.facts));
    return out;
  }

  static bool wants_local(const std::vector<std::string>& subsets) {
    auto has = [&](std::string_view name) {
      return std::find(subsets.begin(), subsets.end(), name) != subsets.end();
    };
    // Part of the minimum, which only `!min` and `!local` leave out.
    return has("local") || (!has("!min") && !has("!local"));
  }
};

const register_module setup_registration{std::make_shared<setup>()};

} // namespace

} // namespace troupe
