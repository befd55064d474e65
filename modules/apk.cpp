#include "modules/module.hpp"
#include "modules/support/packages/package_tool.hpp"

namespace troupe {

namespace {

class apk_backend final : public package_backend {
public:
  apk_backend(const arguments& args, const module_context& ctx)
      : tool_{ctx, std::chrono::seconds{60}}, args_{args} {
    tool_.lock_marks = {"Unable to lock database"};
  }

  std::vector<std::string> refresh() const override {
    return command({"update"});
  }

  result<package_status> look(const std::string& name,
                              bool ask_for_newer) const override {
    package_status out;
    auto plain = name.substr(0, name.find_first_of("=<>~@"));
    auto installed = tool_.succeeds({"apk", "info", "-e", name});
    if (!installed)
      return installed.why();
    out.installed = *installed;
    if (!out.installed || !ask_for_newer)
      return out;
    auto versions = tool_.run({"apk", "version", plain});
    if (!versions)
      return versions.why();
    // "busybox-1.36.1-r0    < 1.36.1-r2"
    out.outdated = versions->out.bytes.find(" < ") != std::string::npos;
    return out;
  }

  std::vector<std::string> install(const std::vector<std::string>& names,
                                   bool latest) const override {
    auto out = command({"add"});
    if (latest)
      out.emplace_back("--upgrade");
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  std::vector<std::string>
  remove(const std::vector<std::string>& names) const override {
    auto out = command({"del", "--purge"});
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  std::vector<std::string> upgrade_all() const override {
    auto out = command({"upgrade"});
    if (args_.flag("available"))
      out.emplace_back("--available");
    return out;
  }

  bool changed_by(const process_result& ended) const override {
    // Every step that was done is numbered: "(1/3) Installing ...".
    return ended.out.bytes.find("(1/") != std::string::npos;
  }

  std::vector<std::string_view> missing_marks() const override {
    return {"unable to select packages", "no such package"};
  }

  const package_tool& tool() const override {
    return tool_;
  }

private:
  std::vector<std::string> command(std::vector<std::string> words) const {
    std::vector<std::string> out{"apk"};
    for (auto& repository : args_.texts("repository"))
      out.push_back("--repository=" + repository);
    if (args_.flag("no_cache"))
      out.emplace_back("--no-cache");
    out.emplace_back("--no-interactive");
    out.insert(out.end(), words.begin(), words.end());
    return out;
  }

  package_tool tool_;
  const arguments& args_;
};

class apk final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "apk",
      .summary = "Installs and removes packages of Alpine Linux.",
      .arguments
      = {{.name = "name",
          .type = arg_type::list,
          .summary = "Packages, also as `name=version`.",
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
         {.name = "available",
          .type = arg_type::boolean,
          .summary = "Replace what no repository has any more (with "
                     "`upgrade`).",
          .fallback = false},
         {.name = "repository",
          .type = arg_type::list,
          .summary = "More repositories, for this task."},
         {.name = "no_cache",
          .type = arg_type::boolean,
          .summary = "Use no local cache.",
          .fallback = false},
         {.name = "world",
          .summary = "Path of the world file.",
          .fallback = "/etc/apk/world"}},
      .aliases = {"community.general.apk"},
      .mutually_exclusive = {{"name", "upgrade"}},
      .required_one_of = {{"name", "update_cache", "upgrade"}},
      .lock = "dpkg",
      .resource = {"package", {"name"}},
      .example = R"({"apk": {"name": "nginx", "state": "present"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    if (args.text("world") != "/etc/apk/world")
      return module_result::failure(
        errc::unsupported,
        "apk cannot be told to use another world file than /etc/apk/world");
    apk_backend backend{args, ctx};
    package_task task;
    task.names = package_names(args);
    task.state = plain_state(args.text("state"));
    task.update_cache = args.flag("update_cache");
    task.upgrade_all = args.flag("upgrade");
    return run_package_task(backend, task, ctx);
  }
};

const register_module apk_registration{std::make_shared<apk>()};

} // namespace

} // namespace troupe
