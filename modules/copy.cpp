#include "config/value/json.hpp"
#include "modules/module.hpp"
#include "modules/support/files/copy_tree.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/file_mode.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/vault.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class copy final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "copy",
      .summary = "Puts files, folders or a given content in their place.",
      .arguments = with_file_arguments({
        {.name = "dest",
         .type = arg_type::path,
         .summary = "Where it goes.",
         .required = true},
        {.name = "src",
         .type = arg_type::path,
         .summary = "File or folder beside the plan; with a slash at its end, "
                    "what is in the folder."},
        {.name = "content",
         .type = arg_type::raw,
         .summary = "The content itself; bools as Python writes them, other "
                    "values than text as JSON."},
        {.name = "remote_src",
         .type = arg_type::boolean,
         .summary = "`src` is a path of the host and not looked for beside "
                    "the plan.",
         .fallback = false},
        {.name = "backup",
         .type = arg_type::boolean,
         .summary = "Keep the replaced file under a name with the time.",
         .fallback = false},
        {.name = "force",
         .type = arg_type::boolean,
         .summary = "Replace a file that differs; no: only create.",
         .fallback = true},
        {.name = "validate",
         .summary
         = "Command that judges the new file, `%s`, before it counts."},
        {.name = "checksum", .summary = "SHA-1 that the source must have."},
        {.name = "directory_mode",
         .type = arg_type::mode,
         .summary = "Mode of folders that a copy creates."},
        {.name = "follow",
         .type = arg_type::boolean,
         .summary = "Write through a link at `dest`.",
         .fallback = false},
        {.name = "local_follow",
         .type = arg_type::boolean,
         .summary = "Copy what links in the source point to. One to nothing, "
                    "to itself, or to a folder that it is in, stays a link.",
         .fallback = true},
        {.name = "decrypt",
         .type = arg_type::boolean,
         .summary = "Decrypt a source that is a vault.",
         .fallback = true},
      }),
      .mutually_exclusive = {{"src", "content"}},
      .required_one_of = {{"src", "content"}},
      .resource = {"file", {"dest"}},
      .example
      = R"({"copy": {"content": "hello\n", "dest": "/tmp/hello", "mode": "0644"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto request = read_content_arguments(args, ctx);
    if (!request)
      return module_result::failure(request.why());
    request->dest = path_argument(args, "dest", ctx);
    if (auto* content = args.find("content"))
      return copy_content(*content, args, *request, ctx);
    auto written = path_argument(args, "src", ctx);
    if (written.empty())
      return module_result::failure(errc::invalid_argument,
                                    "src (or content) is required");
    auto source = args.flag("remote_src") ? existing(written, ctx)
                                          : find_source(written, "files", ctx);
    if (!source)
      return module_result::failure(source.why());
    auto status = ctx.machine.files().status(*source, true);
    if (!status)
      return module_result::failure(status.why());
    if (*status && (*status)->kind == file_kind::directory)
      return copy_folder(*source, args, *std::move(request), ctx);
    return copy_file(*source, args, *std::move(request), ctx);
  }

private:
  static result<std::string> existing(const std::string& path,
                                      const module_context& ctx) {
    auto found = ctx.machine.files().status(path, true);
    if (!found)
      return found.why();
    if (!*found)
      return error{errc::not_found,
                   fmt::format("source '{}' does not exist", path)};
    return path;
  }

  static bool is_preserve(const content_request& request) {
    return request.attributes.mode.text_or("") == "preserve";
  }

  static module_result copy_content(const value& content, const arguments& args,
                                    content_request& request,
                                    const module_context& ctx) {
    if (request.dest.ends_with("/"))
      return module_result::failure(
        errc::invalid_argument,
        fmt::format("content needs a file as dest, and '{}' is a directory",
                    request.dest));
    if (is_preserve(request))
      return module_result::failure(
        errc::invalid_argument,
        "mode 'preserve' takes the mode of the source file, and content has "
        "none");
    // Of a bool Ansible writes Python's word.
    auto text = content.is_text() ? content.as_string()
                : content.is_bool()
                  ? std::string{content.as_bool() ? "True" : "False"}
                  : to_json(content, {.spaced = true, .ascii = true});
    request.content = text;
    if (auto sum = expected_checksum(args, digest_of(text, "sha1")); !sum)
      return module_result::failure(sum.why());
    return write_content(request, ctx);
  }

  static result<void> expected_checksum(const arguments& args,
                                        const result<std::string>& actual) {
    auto wanted = args.text("checksum");
    if (wanted.empty() || (actual && *actual == wanted))
      return {};
    if (!actual)
      return actual.why();
    return error{
      errc::invalid_argument,
      fmt::format("the source has the checksum {}, not {}", *actual, wanted)};
  }

  static module_result copy_file(const std::string& source,
                                 const arguments& args, content_request request,
                                 const module_context& ctx) {
    auto& files = ctx.machine.files();
    if (!files.access(source, "r"))
      return module_result::failure(errc::permission_denied,
                                    fmt::format("cannot read '{}'", source));
    auto plain = open_source(source, args.flag("decrypt"), ctx);
    if (!plain)
      return module_result::failure(plain.why());
    if (args.has("checksum"))
      if (auto sum = expected_checksum(args, files.digest(source, "sha1"));
          !sum)
        return module_result::failure(sum.why());
    if (is_preserve(request)) {
      auto status = files.status(source, true);
      if (status && *status)
        request.attributes.mode = octal((*status)->mode);
    }
    // A name with a slash at its end is a folder, made where it is missing.
    std::vector<std::string> made;
    auto dest = files.status(request.dest, true);
    if (!dest)
      return module_result::failure(dest.why());
    if (request.dest.ends_with("/") && !*dest) {
      auto created = make_copy_folders(request.dest, args, ctx);
      if (!created)
        return module_result::failure(created.why());
      made = *created;
    }
    if (request.dest.ends_with("/")
        || (*dest && (*dest)->kind == file_kind::directory))
      request.dest = joined(request.dest, base_name(source));
    if (*plain)
      request.content = **plain;
    else
      request.source = source;
    auto out = write_content(request, ctx);
    out.data.set("src", source);
    out.changed = out.changed || (!made.empty() && !out.failed);
    return out;
  }

  static module_result copy_folder(const std::string& source,
                                   const arguments& args,
                                   content_request request,
                                   const module_context& ctx) {
    tree_request tree;
    tree.source = source;
    tree.file = std::move(request);
    tree.local_follow = args.flag("local_follow");
    tree.decrypt = args.flag("decrypt");
    tree.keeps_modes = args.flag("remote_src");
    tree.arguments = &args;
    // Without a slash the folder itself is copied, not only what is in it.
    auto contents_only = args.text("src").ends_with("/");
    if (!contents_only)
      tree.file.dest = joined(tree.file.dest, base_name(source));
    return copy_tree(std::move(tree), ctx);
  }
};

const register_module copy_registration{std::make_shared<copy>()};

} // namespace

} // namespace troupe
