#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/packages/package_tool.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class brew_backend final : public package_backend {
public:
  brew_backend(const arguments& args, const module_context& ctx)
      : tool_{ctx, std::chrono::seconds{60}}, args_{args} {
    tool_.lock_marks = {"has already locked", "Another active Homebrew"};
    tool_.environment
      = {{"HOMEBREW_NO_AUTO_UPDATE", "1"}, {"NONINTERACTIVE", "1"}};
    program_ = "brew";
    for (auto& folder : split_text(args.text("path"), ':'))
      if (auto path = folder + "/brew"; ctx.machine.files().access(path, "x")) {
        program_ = path;
        break;
      }
  }

  const std::string& program() const {
    return program_;
  }

  std::vector<std::string> refresh() const override {
    return {program_, "update"};
  }

  result<package_status> look(const std::string& name,
                              bool ask_for_newer) const override {
    package_status out;
    auto installed = tool_.succeeds({program_, "list", "--versions", name});
    if (!installed)
      return installed.why();
    out.installed = *installed;
    if (!out.installed || !ask_for_newer)
      return out;
    auto outdated = tool_.run({program_, "outdated", "--quiet", name});
    if (!outdated)
      return outdated.why();
    out.outdated = !outdated->out.bytes.empty();
    return out;
  }

  std::vector<std::string> install(const std::vector<std::string>& names,
                                   bool latest) const override {
    // `upgrade` refuses what is not installed, `install` upgrades the rest.
    static_cast<void>(latest);
    std::vector<std::string> out{program_, "install"};
    if (args_.text("state") == "head")
      out.emplace_back("--HEAD");
    add_options(out, "install_options");
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  std::vector<std::string>
  remove(const std::vector<std::string>& names) const override {
    std::vector<std::string> out{program_, "uninstall", "--force"};
    add_options(out, "install_options");
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  std::vector<std::string> upgrade_all() const override {
    std::vector<std::string> out{program_, "upgrade"};
    add_options(out, "upgrade_options");
    return out;
  }

  bool changed_by(const process_result& ended) const override {
    return ended.out.bytes.find("already installed") == std::string::npos
           && !(ended.out.bytes.empty() && ended.err.bytes.empty());
  }

  std::vector<std::string_view> missing_marks() const override {
    return {"No available formula", "No formulae or casks found"};
  }

  const package_tool& tool() const override {
    return tool_;
  }

private:
  void add_options(std::vector<std::string>& to, std::string_view name) const {
    for (auto& option : args_.texts(name))
      to.push_back(option.starts_with("-") ? option : "--" + option);
  }

  package_tool tool_;
  const arguments& args_;
  std::string program_;
};

class homebrew final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "homebrew",
      .summary = "Installs and removes packages by Homebrew.",
      .arguments
      = {{.name = "name",
          .type = arg_type::list,
          .summary = "Formulas.",
          .aliases = {"package", "pkg", "formula"}},
         {.name = "path",
          .summary = "Folders in which brew is looked for, with colons.",
          .fallback = "/usr/local/bin:/opt/homebrew/bin:/home/linuxbrew/"
                      ".linuxbrew/bin"},
         {.name = "state",
          .summary = "How they shall be.",
          .fallback = "present",
          .choices
          = {"present", "installed", "head", "latest", "upgraded", "absent",
             "removed", "uninstalled", "linked", "unlinked"}},
         {.name = "update_homebrew",
          .type = arg_type::boolean,
          .summary = "Fetch the formulas first.",
          .fallback = false,
          .aliases = {"update-brew", "update_cache"}},
         {.name = "upgrade_all",
          .type = arg_type::boolean,
          .summary = "Upgrade everything that is installed.",
          .fallback = false,
          .aliases = {"upgrade"}},
         {.name = "install_options",
          .type = arg_type::list,
          .summary = "More options for installing and removing.",
          .aliases = {"options"}},
         {.name = "upgrade_options",
          .type = arg_type::list,
          .summary = "More options for upgrading."}},
      .aliases = {"brew", "community.general.homebrew"},
      .required_one_of = {{"name", "update_homebrew", "upgrade_all"}},
      .lock = "dpkg",
      .resource = {"package", {"name"}},
      .example = R"({"homebrew": {"name": "wget", "state": "present"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    brew_backend backend{args, ctx};
    auto state = args.text("state");
    if (state == "linked" || state == "unlinked")
      return set_linked(backend, package_names(args), state == "linked", ctx);
    package_task task;
    task.names = package_names(args);
    task.state = state == "head" ? "present" : plain_state(state);
    task.update_cache = args.flag("update_homebrew");
    task.upgrade_all = args.flag("upgrade_all");
    return run_package_task(backend, task, ctx);
  }

private:
  static module_result set_linked(const brew_backend& backend,
                                  const std::vector<std::string>& names,
                                  bool linked, const module_context& ctx) {
    module_result out;
    for (auto& name : names) {
      // The dry run names the links that would be made or removed.
      auto dry = backend.tool().run(
        {backend.program(), linked ? "link" : "unlink", "--dry-run", name});
      if (!dry)
        return module_result::failure(dry.why());
      if (dry->rc != 0)
        return package_result(*dry, fmt::format("link {}", name),
                              backend.missing_marks());
      auto changes = dry->out.bytes.find("Would ") != std::string::npos;
      out.changed = out.changed || changes;
      if (!changes || ctx.check_mode)
        continue;
      ctx.changing("links of " + name);
      auto ended = backend.tool().run(
        {backend.program(), linked ? "link" : "unlink", name});
      if (!ended)
        return module_result::failure(ended.why());
      if (ended->rc != 0)
        return package_result(*ended, fmt::format("link {}", name),
                              backend.missing_marks());
    }
    return out;
  }
};

const register_module homebrew_registration{std::make_shared<homebrew>()};

} // namespace

} // namespace troupe
