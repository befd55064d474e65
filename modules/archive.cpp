#include "modules/module.hpp"
#include "modules/support/archives/archive_sources.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

list texts_of(const std::vector<std::string>& from) {
  list out;
  for (auto& each : from)
    out.push_back(value::from_host(each));
  return out;
}

/// One task of `archive`.
class archive_work {
public:
  archive_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, format_{args.text("format")},
        dest_{path_argument(args, "dest", ctx)} {
  }

  ~archive_work() {
    if (!made_.empty())
      static_cast<void>(files().remove(made_));
  }

  archive_work(const archive_work&) = delete;
  archive_work& operator=(const archive_work&) = delete;

  module_result run() {
    auto done = find();
    if (done && from_.paths.empty())
      return report_nothing();
    bool held = done && ctx_.check_mode && is_predicted();
    if (held)
      done = hold();
    else if (done)
      done = make();
    if (done && !held)
      done = put();
    if (done && args_.flag("remove"))
      done = remove();
    if (done)
      return std::move(out_);
    auto failed = module_result::failure(done.why());
    failed.data = std::move(out_.data);
    return failed;
  }

private:
  file_system& files() const {
    return ctx_.machine.files();
  }

  result<void> find() {
    auto found = find_archive_sources(args_, dest_, ctx_);
    if (!found)
      return found.why();
    from_ = *std::move(found);
    if (dest_.empty() && from_.paths.size() + from_.missing.size() == 1)
      dest_ = fmt::format(
        "{}.{}", from_.paths.empty() ? from_.missing[0] : from_.paths[0],
        format_);
    if (dest_.empty())
      return error{errc::missing_argument,
                   "several files need a dest for their archive"};
    compresses_ = !from_.is_tree && !args_.flag("force_archive")
                  && format_ != "tar" && format_ != "zip";
    if (args_.flag("remove") && from_.is_partial)
      return error{errc::invalid_argument,
                   "with remove nothing can be left out of a folder: it would "
                   "be removed with it"};
    for (auto& path : from_.paths)
      if (args_.flag("remove") && dest_.starts_with(path + "/"))
        return error{errc::invalid_argument,
                     fmt::format("the archive '{}' would be removed with '{}'",
                                 dest_, path)};
    auto state = compresses_             ? "compress"
                 : from_.missing.empty() ? "archive"
                                         : "incomplete";
    out_.data.set("state", state);
    out_.data.set("arcroot", from_.root == "/" ? "/" : from_.root + "/");
    out_.data.set("missing", texts_of(from_.missing));
    out_.data.set("expanded_paths", texts_of(from_.paths));
    out_.data.set("expanded_exclude_paths", texts_of(from_.excluded));
    std::vector<std::string> archived;
    for (auto& name : from_.names)
      if (!name.ends_with('/'))
        archived.push_back(joined(from_.root, name));
    out_.data.set("archived", texts_of(archived));
    out_.data.set("dest", dest_);
    return {};
  }

  /// There is nothing to put into it, or nothing any more.
  module_result report_nothing() {
    auto there = files().status(dest_, true);
    if (!there)
      return module_result::failure(there.why());
    if (!*there)
      out_.data.set("state", "absent");
    else
      add_path_info(out_, dest_, **there, ctx_);
    if (*there)
      out_.data.set("state", "archive");
    return std::move(out_);
  }

  bool is_predicted() const {
    return std::any_of(
      from_.paths.begin(), from_.paths.end(),
      [this](auto& path) { return ctx_.predicted->predicts(path); });
  }

  result<void> hold() {
    auto there = files().status(dest_, true);
    if (!there)
      return there.why();
    if (*there && (*there)->kind == file_kind::directory)
      return error{errc::invalid_argument,
                   fmt::format("cannot write '{}': it is a directory", dest_)};
    auto above = parent_of(dest_);
    if (auto folder = files().status(above, true); !folder || !*folder)
      return error{
        errc::not_found,
        fmt::format("cannot create '{}': the directory '{}' does not exist",
                    dest_, above)};
    out_.changed = true;
    foresee(ctx_, *there ? effect::changed : effect::made, dest_);
    // Of an old one the content counts no more.
    ctx_.predicted->expect_file(dest_, {}, 0, {});
    hold_back(out_, ctx_);
    return {};
  }

  /// Makes it in a place of its own.
  result<void> make() {
    made_ = files().unused_beside(joined(ctx_.temporary_directory, "archive"))
            + ".zip";
    if (compresses_)
      return compress();
    return format_ == "zip" ? zip() : tar();
  }

  result<void> run_it(std::vector<std::string> words, tool_terms terms) {
    auto text = tool_output(std::move(words), ctx_, std::move(terms));
    return text ? result<void>{} : result<void>{text.why()};
  }

  result<void> compress() {
    auto name = format_ == "bz2" ? "bzip2" : format_ == "xz" ? "xz" : "gzip";
    auto tool = find_tool(name, ctx_);
    if (!tool)
      return tool.why();
    // Without a time in it the same content gives the same bytes.
    auto line = fmt::format("exec \"$1\" {}-c -- \"$2\" > \"$3\"",
                            format_ == "gz" ? "-n " : "");
    return run_it({"/bin/sh", "-c", line, "sh", *tool, from_.paths[0], made_},
                  {});
  }

  result<void> tar() {
    auto tool = find_tool("tar", ctx_);
    if (!tool)
      return tool.why();
    std::vector<std::string> words{*tool,           "--create",
                                   "--force-local", "--file",
                                   made_,           "--directory",
                                   from_.root,      "--no-recursion",
                                   "--null",        "--verbatim-files-from",
                                   "--files-from=-"};
    if (format_ == "gz")
      words.emplace_back("--use-compress-program=gzip -n");
    else if (format_ != "tar")
      words.emplace_back(format_ == "xz" ? "--xz" : "--bzip2");
    std::string names;
    for (auto& each : from_.names)
      names.append(each).append(1, '\0');
    return run_it(std::move(words), {.input = std::move(names)});
  }

  result<void> zip() {
    auto tool = find_tool("zip", ctx_);
    if (!tool)
      return tool.why();
    std::string names;
    for (auto& each : from_.names)
      names.append(each).append("\n");
    return run_it({*tool, "-X", "-q", made_, "-@"},
                  {.input = std::move(names), .folder = from_.root});
  }

  result<void> put() {
    auto request = read_content_arguments(args_, ctx_);
    if (!request)
      return request.why();
    request->dest = dest_;
    request->source = made_;
    auto written = write_content(*request, ctx_);
    if (written.failed)
      return error{written.why.value_or(errc::system), written.msg};
    out_.changed = written.changed;
    for (std::string_view name :
         {"uid", "gid", "owner", "group", "mode", "size", "secontext"})
      if (auto* x = written.data.find(name))
        out_.data.set(name, *x);
    return {};
  }

  result<void> remove() {
    for (auto& path : from_.paths) {
      if (auto gone = files().remove_all(path); !gone)
        return gone;
      foresee(ctx_, effect::removed, path);
      out_.changed = true;
    }
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string format_;
  std::string dest_;
  archive_sources from_;
  bool compresses_ = false;
  std::string made_;
  module_result out_;
};

class archive final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "archive",
      .summary = "Packs files and folders into an archive.",
      .arguments = with_file_arguments({
        {.name = "path",
         .type = arg_type::list,
         .summary = "What is packed: paths, and patterns of paths.",
         .required = true},
        {.name = "dest",
         .type = arg_type::path,
         .summary = "The archive; silent: beside a single path, under its "
                    "name with the format behind."},
        {.name = "format",
         .summary = "How it is packed; all but zip are tar.",
         .fallback = "gz",
         .choices = {"bz2", "gz", "tar", "xz", "zip"}},
        {.name = "exclude_path",
         .type = arg_type::list,
         .summary = "Paths, and patterns of paths, that are left out.",
         .fallback = list{}},
        {.name = "exclusion_patterns",
         .type = arg_type::list,
         .summary = "Patterns of whole paths that are left out."},
        {.name = "force_archive",
         .type = arg_type::boolean,
         .summary = "An archive also of a single file, which else is only "
                    "packed.",
         .fallback = false},
        {.name = "remove",
         .type = arg_type::boolean,
         .summary = "Remove what was packed.",
         .fallback = false},
      }),
      .aliases = {"community.general.archive"},
      .resource = {"file", {"dest", "path"}},
      .example
      = R"({"archive": {"path": "/srv/app", "dest": "/var/backups/app.tar.gz"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return archive_work{args, ctx}.run();
  }
};

const register_module archive_registration{std::make_shared<archive>()};

} // namespace

} // namespace troupe
