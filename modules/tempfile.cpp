#include "modules/module.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class tempfile final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "tempfile",
      .summary = "Makes a file or a folder with a name that nobody can guess.",
      .arguments
      = {{.name = "state",
          .summary = "What to make.",
          .fallback = "file",
          .choices = {"directory", "file"}},
         {.name = "path",
          .type = arg_type::path,
          .summary = "Where; the system's folder for temporary "
                     "files when nothing is said."},
         {.name = "prefix",
          .summary = "How the name begins.",
          .fallback = "ansible."},
         {.name = "suffix", .summary = "How the name ends.", .fallback = ""}},
      .idempotent = false,
      .resource = {"file", {"path"}},
      .example = R"({"tempfile": {"state": "directory", "suffix": ".build"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto folder
      = args.has("path") ? path_argument(args, "path", ctx) : usual_folder(ctx);
    auto name = name_in(folder, args, ctx);
    if (!name)
      return module_result::failure(name.why());
    auto path = joined(folder, *name);
    if (ctx.predicted)
      ctx.predicted->expect_folder(folder);
    auto made = make(args.text("state"), path, ctx);
    if (!made)
      return module_result::failure(made.why());
    foresee(ctx, effect::made, path);
    module_result out;
    out.changed = true;
    out.data.set("path", path);
    add_path_info(out, path, ctx);
    return out;
  }

private:
  static std::string usual_folder(const module_context& ctx) {
    for (auto name : {"TMPDIR", "TEMP", "TMP"}) {
      if (auto text = environment_entry(name, ctx); text && !text->empty())
        return *text;
    }
    return "/tmp";
  }

  static result<std::string> name_in(const std::string& folder,
                                     const arguments& args,
                                     const module_context& ctx) {
    auto prefix = args.text("prefix");
    auto suffix = args.text("suffix");
    if (prefix.find('/') != prefix.npos || suffix.find('/') != suffix.npos)
      return error{errc::invalid_argument,
                   "prefix and suffix are parts of a name, without slashes"};
    auto unused = ctx.machine.files().unused_beside(joined(folder, "x"));
    return prefix + unused.substr(unused.rfind('-') + 1) + suffix;
  }

  static result<void> make(const std::string& state, const std::string& path,
                           const module_context& ctx) {
    auto& files = ctx.machine.files();
    if (state == "directory")
      return files.make_directory(path, 0700);
    auto there = files.status(path, false);
    if (!there)
      return there.why();
    if (*there)
      return error{errc::system, fmt::format("'{}' is there already", path)};
    return files.touch(path, 0600);
  }
};

const register_module tempfile_registration{std::make_shared<tempfile>()};

} // namespace

} // namespace troupe
