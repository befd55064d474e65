#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/packages/package_tool.hpp"

namespace troupe {

namespace {

class zypper_backend final : public package_backend {
public:
  zypper_backend(const arguments& args, const module_context& ctx)
      : tool_{ctx, std::chrono::seconds{60}}, args_{args} {
    tool_.lock_marks = {"System management is locked"};
    tool_.environment = {{"ZYPP_LOCK_TIMEOUT", "0"}};
  }

  std::vector<std::string> refresh() const override {
    return base("refresh");
  }

  result<package_status> look(const std::string& name,
                              bool ask_for_newer) const override {
    package_status out;
    auto type = args_.text("type");
    // Only packages are known to rpm; zypper knows the other types.
    auto installed
      = type == "package"
          ? tool_.succeeds({"rpm", "--query", "--whatprovides", name})
          : tool_.succeeds({"zypper", "--non-interactive", "--quiet", "search",
                            "--match-exact", "--installed-only", "--type", type,
                            name});
    if (!installed)
      return installed.why();
    out.installed = *installed;
    // The update itself says whether there was anything to do.
    out.outdated = out.installed && ask_for_newer && is_newer(name);
    return out;
  }

  std::vector<std::string> install(const std::vector<std::string>& names,
                                   bool latest) const override {
    auto type = args_.text("type");
    auto out = base(latest && type == "package" ? "update" : "install");
    out.insert(out.end(), {"--type", type, "--auto-agree-with-licenses"});
    if (args_.flag("disable_recommends"))
      out.emplace_back("--no-recommends");
    if (args_.flag("force"))
      out.emplace_back("--force");
    if (args_.flag("force_resolution"))
      out.emplace_back("--force-resolution");
    if (args_.flag("oldpackage"))
      out.emplace_back("--oldpackage");
    if (args_.flag("replacefiles"))
      out.emplace_back("--replacefiles");
    if (args_.flag("allow_vendor_change"))
      out.emplace_back("--allow-vendor-change");
    return finished(std::move(out), names);
  }

  std::vector<std::string>
  remove(const std::vector<std::string>& names) const override {
    auto out = base("remove");
    out.insert(out.end(), {"--type", args_.text("type")});
    if (args_.flag("clean_deps"))
      out.emplace_back("--clean-deps");
    return finished(std::move(out), names);
  }

  std::vector<std::string> upgrade_all() const override {
    auto out
      = base(args_.text("state") == "dist-upgrade" ? "dist-upgrade" : "update");
    out.emplace_back("--auto-agree-with-licenses");
    if (args_.flag("allow_vendor_change"))
      out.emplace_back("--allow-vendor-change");
    if (args_.flag("replacefiles"))
      out.emplace_back("--replacefiles");
    return finished(std::move(out), {});
  }

  bool changed_by(const process_result& ended) const override {
    return ended.out.bytes.find("Nothing to do.") == std::string::npos;
  }

  std::vector<std::string_view> missing_marks() const override {
    return {"not found in package names", "No provider of"};
  }

  const package_tool& tool() const override {
    return tool_;
  }

private:
  bool is_newer(const std::string& name) const {
    auto updates = tool_.run({"zypper", "--non-interactive", "--quiet",
                              "list-updates", "--type", args_.text("type")});
    return updates
           && updates->out.bytes.find("| " + name + " ") != std::string::npos;
  }

  std::vector<std::string> base(const char* command) const {
    std::vector<std::string> out{"zypper", "--non-interactive"};
    if (args_.flag("disable_gpg_check"))
      out.emplace_back("--no-gpg-checks");
    append_words(out, "extra_args_precommand");
    out.emplace_back(command);
    return out;
  }

  std::vector<std::string>
  finished(std::vector<std::string> out,
           const std::vector<std::string>& names) const {
    append_words(out, "extra_args");
    if (!names.empty())
      out.emplace_back("--");
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  void append_words(std::vector<std::string>& to, std::string_view name) const {
    auto words = split_command(args_.text(name));
    if (words)
      to.insert(to.end(), words->begin(), words->end());
  }

  package_tool tool_;
  const arguments& args_;
};

argument switch_argument(std::string_view name, std::string_view summary) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = false};
}

class zypper final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "zypper",
      .summary = "Installs and removes packages of SUSE systems.",
      .arguments
      = {{.name = "name",
          .type = arg_type::list,
          .summary = "Packages; `*` for all (with `state: latest`).",
          .aliases = {"pkg"}},
         {.name = "state",
          .summary = "How they shall be.",
          .fallback = "present",
          .choices = {"present", "installed", "absent", "removed", "latest",
                      "dist-upgrade"}},
         {.name = "type",
          .summary = "What the names mean.",
          .fallback = "package",
          .choices = {"package", "patch", "pattern", "product", "srcpackage",
                      "application"}},
         {.name = "update_cache",
          .type = arg_type::boolean,
          .summary = "Refresh the repositories first.",
          .fallback = false,
          .aliases = {"refresh"}},
         switch_argument("disable_gpg_check", "Do not check signatures."),
         {.name = "disable_recommends",
          .type = arg_type::boolean,
          .summary = "Install no recommended packages.",
          .fallback = true},
         switch_argument("force", "Install again or another version."),
         switch_argument("force_resolution", "Solve conflicts by removing."),
         switch_argument("oldpackage", "Allow older versions."),
         switch_argument("replacefiles", "Overwrite files of other packages."),
         switch_argument("clean_deps", "Remove dependencies nobody needs."),
         switch_argument("allow_vendor_change",
                         "Take packages of another vendor."),
         {.name = "extra_args_precommand",
          .summary = "More options before the command.",
          .fallback = ""},
         {.name = "extra_args",
          .summary = "More options of the command.",
          .fallback = ""}},
      .aliases = {"community.general.zypper"},
      .required_one_of = {{"name", "update_cache", "state"}},
      .lock = "dpkg",
      .resource = {"package", {"name"}},
      .example = R"({"zypper": {"name": "nginx", "state": "present"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    zypper_backend backend{args, ctx};
    package_task task;
    task.names = package_names(args);
    task.state = plain_state(args.text("state"));
    task.update_cache = args.flag("update_cache");
    auto everything = task.names == std::vector<std::string>{"*"};
    if (everything && task.state != "latest")
      return module_result::failure(errc::invalid_argument,
                                    "the name '*' needs the state 'latest'");
    if (everything || task.state == "dist-upgrade") {
      task.upgrade_all = true;
      task.names.clear();
    }
    return run_package_task(backend, task, ctx);
  }
};

const register_module zypper_registration{std::make_shared<zypper>()};

} // namespace

} // namespace troupe
