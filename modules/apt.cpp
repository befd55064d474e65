#include "modules/module.hpp"
#include "modules/support/packages/apt_work.hpp"

namespace troupe {

namespace {

argument flag(std::string_view name, std::string_view summary,
              std::vector<std::string_view> aliases = {}) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = false,
          .aliases = std::move(aliases)};
}

argument number(std::string_view name, std::string_view summary, int fallback) {
  return {.name = name,
          .type = arg_type::integer,
          .summary = summary,
          .fallback = fallback};
}

class apt final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "apt",
      .summary = "Installs and removes packages of Debian and its family.",
      .arguments
      = {{.name = "name",
          .type = arg_type::list,
          .summary = "Packages, also as `name=version` (with `*`), "
                     "`name>=version`, `name:architecture` or a pattern.",
          .aliases = {"package", "pkg"}},
         {.name = "state",
          .summary = "How they shall be.",
          .fallback = "present",
          .choices = {"absent", "build-dep", "fixed", "installed", "latest",
                      "present", "removed"}},
         {.name = "deb",
          .type = arg_type::path,
          .summary = "A package as a file."},
         {.name = "update_cache",
          .type = arg_type::boolean,
          .summary = "Fetch the lists of packages first.",
          .aliases = {"update-cache"}},
         number("cache_valid_time", "Seconds for which lists count as fresh.",
                0),
         number("update_cache_retries", "How often fetching is tried.", 5),
         number("update_cache_retry_max_delay",
                "The longest pause between tries, in seconds.", 12),
         {.name = "upgrade",
          .summary = "Upgrade everything.",
          .fallback = "no",
          .choices = {"dist", "full", "no", "safe", "yes", "False", "True"}},
         {.name = "default_release",
          .summary = "Release to take packages of.",
          .aliases = {"default-release"}},
         {.name = "install_recommends",
          .type = arg_type::boolean,
          .summary = "Install recommended packages; silent: as configured.",
          .aliases = {"install-recommends"}},
         {.name = "dpkg_options",
          .summary = "Options of dpkg, with commas.",
          .fallback = "force-confdef,force-confold"},
         flag("purge", "Remove configuration files too."),
         flag("autoremove", "Remove what was only a dependency."),
         flag("autoclean", "Drop old packages of the local cache."),
         flag("clean", "Drop all packages of the local cache."),
         flag("only_upgrade", "Only upgrade what is installed."),
         flag("force", "Allow everything that apt warns of."),
         flag("force_apt_get", "Without effect: apt-get is always used."),
         flag("allow_unauthenticated", "Take packages without a signature.",
              {"allow-unauthenticated"}),
         flag("allow_downgrade", "Allow older versions.",
              {"allow-downgrade", "allow_downgrades", "allow-downgrades"}),
         flag("allow_change_held_packages", "Change packages on hold."),
         flag("fail_on_autoremove", "Fail where packages would be removed."),
         {.name = "policy_rc_d",
          .type = arg_type::integer,
          .summary = "Exit status of policy-rc.d while packages are "
                     "installed; 101 starts no service."},
         number("lock_timeout", "Seconds that a held lock is waited for.", 60)},
      .aliases = {"apt-get"},
      .mutually_exclusive = {{"deb", "upgrade"}, {"name", "deb"}},
      .required_one_of
      = {{"name", "deb", "upgrade", "update_cache", "cache_valid_time",
          "autoremove", "autoclean", "clean", "state"}},
      .lock = "dpkg",
      .resource = {"package", {"name", "deb"}},
      .example
      = R"({"apt": {"name": ["nginx"], "state": "present", "update_cache": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    if (!args.given("upgrade"))
      return run_apt(args, ctx);
    // YAML turns the words into bools, which arrive as Python writes them.
    auto word = args.text("upgrade");
    auto all = args.all();
    all.set("upgrade", word == "False"  ? value{"no"}
                       : word == "True" ? value{"yes"}
                                        : value{word});
    auto checked = check_arguments(spec(), all);
    if (!checked)
      return module_result::failure(checked.why());
    return run_apt(*checked, ctx);
  }
};

const register_module apt_registration{std::make_shared<apt>()};

} // namespace

} // namespace troupe
