#include "modules/support/packages/rpm_packages.hpp"

namespace troupe {

namespace {

argument flag(std::string_view name, std::string_view summary,
              bool fallback = false) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

argument names(std::string_view name, std::string_view summary) {
  return {.name = name, .type = arg_type::list, .summary = summary};
}

} // namespace

std::vector<argument> rpm_arguments() {
  return {
    {.name = "name",
     .type = arg_type::list,
     .summary = "Packages, `name-version`, `@group`, files or addresses; `*` "
                "for all (with `state: latest`).",
     .aliases = {"pkg"}},
    {.name = "state",
     .summary = "How they shall be; `present`, or `absent` with autoremove.",
     .choices = {"absent", "installed", "latest", "present", "removed"}},
    {.name = "list", .summary = "Return what `list` says of this instead."},
    {.name = "update_cache",
     .type = arg_type::boolean,
     .summary = "Fetch the lists of packages first.",
     .fallback = false,
     .aliases = {"expire-cache"}},
    flag("update_only", "Only update what is installed."),
    flag("autoremove", "Remove what was only a dependency."),
    flag("allow_downgrade", "Allow an older version than the installed one."),
    flag("allowerasing", "Remove installed packages that are in the way."),
    flag("nobest", "Be content with an older version."),
    flag("skip_broken", "Leave out packages whose dependencies fail."),
    flag("security", "With `latest`: only security updates."),
    flag("bugfix", "With `latest`: only updates that mend."),
    flag("cacheonly", "Use the local cache only."),
    flag("disable_gpg_check", "Do not check signatures."),
    flag("download_only", "Fetch, but do not install."),
    flag("install_weak_deps", "Install recommended packages.", true),
    flag("install_repoquery", "Without effect; known for old plans.", true),
    flag("sslverify", "Check the certificates of repositories.", true),
    flag("validate_certs", "Check the certificates of addresses.", true),
    names("enablerepo", "Repositories to use besides."),
    names("disablerepo", "Repositories not to use."),
    names("enable_plugin", "Plugins to use."),
    names("disable_plugin", "Plugins not to use."),
    names("exclude", "Packages to leave out."),
    {.name = "disable_excludes",
     .summary = "Ignore excludes of the configuration: `all`, `main` or a "
                "repository."},
    {.name = "conf_file", .summary = "Configuration file to use."},
    {.name = "download_dir", .summary = "Where download_only puts files."},
    {.name = "installroot",
     .summary = "Root folder to install into.",
     .fallback = "/"},
    {.name = "releasever", .summary = "Release to take packages of."},
    {.name = "lock_timeout",
     .type = arg_type::integer,
     .summary = "Seconds that a held lock is waited for.",
     .fallback = 30},
  };
}

} // namespace troupe
