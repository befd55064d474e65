#include "modules/module.hpp"
#include "modules/support/packages/package_survey.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view surveyed[] = {"apk", "apt", "pacman", "rpm"};

class package_facts final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "package_facts",
      .summary = "Makes a fact of the packages that are installed.",
      .arguments
      = {{.name = "manager",
          .type = arg_type::list,
          .summary = "Package managers to ask: `apk`, `apt`, `pacman`, `rpm`; "
                     "`auto`: those that the host has.",
          .fallback = list{"auto"}},
         {.name = "strategy",
          .summary = "Ask the first one that is there, or all.",
          .fallback = "first",
          .choices = {"first", "all"}}},
      .only_reads = true,
      .example = R"({"package_facts": {"manager": "auto"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto managers = chosen(args.texts("manager"));
    if (!managers)
      return module_result::failure(managers.why());
    module_result out;
    dict packages;
    auto found = 0;
    for (auto& manager : *managers) {
      if (found > 0 && args.text("strategy") == "first")
        break;
      if (!has_packages_of(manager, ctx))
        continue;
      auto more = installed_packages(manager, ctx);
      if (!more) {
        if (more.why().code == errc::timeout
            || more.why().code == errc::cancelled)
          return module_result::failure(more.why());
        out.warnings.push_back(fmt::format("cannot list packages with {}: {}",
                                           manager, more.why().message));
        continue;
      }
      ++found;
      for (auto& [name, x] : *more)
        packages.set(name, x);
    }
    if (found == 0) {
      auto failed = module_result::failure(
        errc::unsupported,
        fmt::format("Could not detect a supported package manager from the "
                    "following list: {}",
                    fmt::join(*managers, ", ")));
      failed.warnings = std::move(out.warnings);
      return failed;
    }
    if (ctx.predicted)
      add_predicted(packages, out, ctx);
    out.facts.set("packages", std::move(packages));
    out.data.set("ansible_facts", out.facts);
    return out;
  }

private:
  /// What earlier tasks would have installed and removed. Of a new package the
  /// version is not known.
  static void add_predicted(dict& packages, module_result& out,
                            const module_context& ctx) {
    auto noted = ctx.predicted->what().packages();
    for (auto& [name, installed] : noted) {
      if (!installed)
        packages.erase(name);
      else if (!packages.find(name))
        packages.set(name, list{dict{{"name", name}}});
    }
    if (!noted.empty())
      doubt_facts(out, ctx,
                  "what comes with packages that would be installed, and goes "
                  "with those that would be removed");
  }

  static result<std::vector<std::string>>
  chosen(const std::vector<std::string>& given) {
    std::vector<std::string> out;
    auto add = [&](std::string_view name) {
      if (std::find(out.begin(), out.end(), name) == out.end())
        out.emplace_back(name);
    };
    auto automatic = false;
    for (auto name : given) {
      for (auto& each : name)
        if (each >= 'A' && each <= 'Z')
          each = static_cast<char>(each - 'A' + 'a');
      automatic = automatic || name == "auto";
      if (name == "auto")
        continue;
      if (std::find(std::begin(surveyed), std::end(surveyed), name)
          == std::end(surveyed))
        return error{
          errc::unsupported,
          fmt::format("Unsupported package managers requested: {}", name)};
      add(name);
    }
    if (automatic)
      for (auto name : surveyed)
        add(name);
    return out;
  }
};

const register_module package_facts_registration{
  std::make_shared<package_facts>()};

} // namespace

} // namespace troupe
