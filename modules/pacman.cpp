#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/packages/package_tool.hpp"

namespace troupe {

namespace {

class pacman_backend final : public package_backend {
public:
  pacman_backend(const arguments& args, const module_context& ctx)
      : tool_{ctx, std::chrono::seconds{60}}, args_{args} {
    tool_.lock_marks = {"unable to lock database"};
  }

  std::vector<std::string> refresh() const override {
    return with_extra({program(), "--sync", "--refresh", "--noconfirm"},
                      "update_cache_extra_args");
  }

  result<package_status> look(const std::string& name,
                              bool ask_for_newer) const override {
    package_status out;
    auto installed = tool_.succeeds({program(), "--query", name});
    if (!installed)
      return installed.why();
    out.installed = *installed;
    if (!out.installed || !ask_for_newer)
      return out;
    auto newer = tool_.succeeds({program(), "--query", "--upgrades", name});
    if (!newer)
      return newer.why();
    out.outdated = *newer;
    return out;
  }

  std::vector<std::string> install(const std::vector<std::string>& names,
                                   bool) const override {
    auto from_file = !names.empty()
                     && (names[0].find(".pkg.tar") != std::string::npos
                         || names[0].find("://") != std::string::npos);
    std::vector<std::string> out{program(), from_file ? "--upgrade" : "--sync",
                                 "--noconfirm", "--noprogressbar", "--needed"};
    if (args_.flag("force"))
      out.insert(out.end(), {"--overwrite", "*"});
    if (args_.has("reason"))
      out.push_back(args_.text("reason") == "dependency" ? "--asdeps"
                                                         : "--asexplicit");
    out = with_extra(std::move(out), "extra_args");
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  std::vector<std::string>
  remove(const std::vector<std::string>& names) const override {
    std::vector<std::string> out{program(), "--remove", "--noconfirm",
                                 "--noprogressbar"};
    if (args_.flag("force"))
      out.insert(out.end(), {"--nodeps", "--nodeps"});
    if (args_.flag("remove_nosave"))
      out.emplace_back("--nosave");
    out = with_extra(std::move(out), "extra_args");
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  std::vector<std::string> upgrade_all() const override {
    return with_extra({program(), "--sync", "--sysupgrade", "--quiet",
                       "--noconfirm", "--noprogressbar"},
                      "upgrade_extra_args");
  }

  bool changed_by(const process_result& ended) const override {
    return ended.out.bytes.find("there is nothing to do") == std::string::npos;
  }

  std::vector<std::string_view> missing_marks() const override {
    return {"target not found"};
  }

  const package_tool& tool() const override {
    return tool_;
  }

private:
  std::string program() const {
    return args_.text("executable");
  }

  std::vector<std::string> with_extra(std::vector<std::string> out,
                                      std::string_view name) const {
    auto words = split_command(args_.text(name));
    if (words)
      out.insert(out.end(), words->begin(), words->end());
    return out;
  }

  package_tool tool_;
  const arguments& args_;
};

class pacman final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "pacman",
      .summary = "Installs and removes packages of Arch Linux.",
      .arguments
      = {{.name = "name",
          .type = arg_type::list,
          .summary = "Packages, groups, or files and addresses of packages.",
          .aliases = {"package", "pkg"}},
         {.name = "state",
          .summary = "How they shall be.",
          .fallback = "present",
          .choices = {"present", "installed", "absent", "removed", "latest"}},
         {.name = "update_cache",
          .type = arg_type::boolean,
          .summary = "Fetch the lists of packages first.",
          .fallback = false},
         {.name = "upgrade",
          .type = arg_type::boolean,
          .summary = "Upgrade all installed packages.",
          .fallback = false},
         {.name = "force",
          .type = arg_type::boolean,
          .summary = "Overwrite files that are in the way; remove without "
                     "regard to dependencies.",
          .fallback = false},
         {.name = "remove_nosave",
          .type = arg_type::boolean,
          .summary = "Keep no copies of changed configuration files.",
          .fallback = false},
         {.name = "executable",
          .summary = "Program to use instead of pacman.",
          .fallback = "pacman"},
         {.name = "extra_args",
          .summary = "More options for installing and removing.",
          .fallback = ""},
         {.name = "update_cache_extra_args",
          .summary = "More options for fetching lists.",
          .fallback = ""},
         {.name = "upgrade_extra_args",
          .summary = "More options for upgrading.",
          .fallback = ""},
         {.name = "reason",
          .summary = "Why newly installed packages are there.",
          .choices = {"explicit", "dependency"}},
         {.name = "reason_for",
          .summary = "Which packages get that reason.",
          .fallback = "new",
          .choices = {"all", "new"}}},
      .aliases = {"community.general.pacman"},
      .mutually_exclusive = {{"name", "upgrade"}},
      .required_one_of = {{"name", "update_cache", "upgrade"}},
      .lock = "dpkg",
      .resource = {"package", {"name"}},
      .example = R"({"pacman": {"name": "nginx", "state": "present"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    pacman_backend backend{args, ctx};
    package_task task;
    task.names = package_names(args);
    task.state = plain_state(args.text("state"));
    task.update_cache = args.flag("update_cache");
    task.upgrade_all = args.flag("upgrade");
    auto out = run_package_task(backend, task, ctx);
    auto mark_all = args.has("reason") && args.text("reason_for") == "all";
    if (out.failed || !mark_all || task.state == "absent")
      return out;
    return set_reason(std::move(out), backend, task, args, ctx);
  }

private:
  static module_result set_reason(module_result out,
                                  const package_backend& backend,
                                  const package_task& task,
                                  const arguments& args,
                                  const module_context& ctx) {
    auto dependency = args.text("reason") == "dependency";
    // Those that already have the reason are listed by this question.
    std::vector<std::string> wrong;
    for (auto& name : task.names) {
      auto right
        = backend.tool().succeeds({args.text("executable"), "--query",
                                   dependency ? "--deps" : "--explicit", name});
      if (!right)
        return module_result::failure(right.why());
      if (!*right)
        wrong.push_back(name);
    }
    if (wrong.empty())
      return out;
    out.changed = true;
    if (ctx.check_mode)
      return out;
    ctx.changing("reasons of installation");
    std::vector<std::string> command{args.text("executable"), "--database",
                                     dependency ? "--asdeps" : "--asexplicit"};
    command.insert(command.end(), wrong.begin(), wrong.end());
    auto ended = backend.tool().run(command);
    if (!ended)
      return module_result::failure(ended.why());
    if (ended->rc != 0)
      return package_result(*ended, "set the reason", {});
    return out;
  }
};

const register_module pacman_registration{std::make_shared<pacman>()};

} // namespace

} // namespace troupe
