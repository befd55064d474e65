#include "config/language/python/escapes.hpp"
#include "config/language/python/regex.hpp"
#include "modules/module.hpp"
#include "modules/support/files/edited_file.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/vault.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class assemble final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "assemble",
      .summary = "Makes a file of all the files in a folder.",
      .arguments = with_file_arguments({
        {.name = "src",
         .type = arg_type::path,
         .summary = "The folder.",
         .required = true},
        {.name = "dest",
         .type = arg_type::path,
         .summary = "The file to make.",
         .required = true},
        {.name = "remote_src",
         .type = arg_type::boolean,
         .summary = "`src` is a path of the host; no: it is looked for beside "
                    "the plan.",
         .fallback = true},
        {.name = "delimiter",
         .summary = "What stands between the parts; escapes such as `\\n` "
                    "count."},
        {.name = "regexp",
         .type = arg_type::pattern,
         .summary = "Only files whose names this regular expression finds."},
        {.name = "ignore_hidden",
         .type = arg_type::boolean,
         .summary = "Leave out files whose names begin with a dot.",
         .fallback = false},
        {.name = "backup",
         .type = arg_type::boolean,
         .summary = "Keep the old file under a name with the time.",
         .fallback = false},
        {.name = "validate",
         .summary
         = "Command that judges the new file, `%s`, before it counts."},
        {.name = "decrypt",
         .type = arg_type::boolean,
         .summary = "Decrypt parts that are vaults.",
         .fallback = true},
      }),
      .resource = {"file", {"dest"}},
      .example
      = R"({"assemble": {"src": "/etc/app.d", "dest": "/etc/app.conf"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto request = read_content_arguments(args, ctx);
    if (!request)
      return module_result::failure(request.why());
    request->dest = path_argument(args, "dest", ctx);
    auto source = folder_of(args, ctx);
    if (!source)
      return module_result::failure(source.why());
    auto content = put_together(*source, args, ctx);
    if (!content)
      return module_result::failure(content.why());
    request->content = *content;
    request->diff_name = *source;
    auto out = write_content(*request, ctx);
    out.data.set("src", *source);
    out.data.set("dest", request->dest);
    if (auto sum = digest_of(*content, "md5"))
      out.data.set("md5sum", *sum);
    if (!out.failed && args.flag("remote_src"))
      out.msg = "OK";
    return out;
  }

private:
  static result<std::string> folder_of(const arguments& args,
                                       const module_context& ctx) {
    auto path = path_argument(args, "src", ctx);
    if (!args.flag("remote_src")) {
      auto found = find_source(path, "files", ctx);
      if (!found)
        return found;
      path = *std::move(found);
    }
    auto status = ctx.machine.files().status(path, true);
    if (!status)
      return status.why();
    if (!*status)
      return error{errc::not_found,
                   fmt::format("source '{}' does not exist", path)};
    if ((*status)->kind != file_kind::directory)
      return error{errc::invalid_argument,
                   fmt::format("source '{}' is not a directory", path)};
    return path;
  }

  /// What a delimiter means, with its escapes.
  static result<std::string> delimiter_of(const arguments& args) {
    auto text = args.text("delimiter");
    if (text.empty())
      return text;
    auto out = decode_escapes(text);
    if (!out)
      return error{errc::invalid_argument, out.why().message};
    return out->ends_with('\n') ? *out : *out + '\n';
  }

  /// Of what is wanted in the folder, in order.
  static result<std::vector<std::string>> names_in(const std::string& folder,
                                                   const arguments& args,
                                                   const module_context& ctx) {
    std::shared_ptr<const regex> wanted;
    if (args.has("regexp")) {
      auto made = regex::get(args.text("regexp"), {});
      if (!made)
        return error{errc::invalid_argument, made.why().message};
      wanted = *std::move(made);
    }
    auto names = ctx.machine.files().list(folder);
    if (!names)
      return names.why();
    std::vector<std::string> out;
    for (auto& name : *names) {
      if (args.flag("ignore_hidden") && name.starts_with("."))
        continue;
      auto found = wanted ? wanted->find(name)
                          : result<std::optional<regex::match>>{regex::match{}};
      if (!found)
        return found.why();
      if (*found)
        out.push_back(std::move(name));
    }
    return out;
  }

  static result<std::string> put_together(const std::string& folder,
                                          const arguments& args,
                                          const module_context& ctx) {
    auto delimiter = delimiter_of(args);
    if (!delimiter)
      return delimiter;
    auto names = names_in(folder, args, ctx);
    if (!names)
      return names.why();
    std::string out;
    auto first = true;
    auto is_open = false;
    for (auto& name : *names) {
      auto part = part_of(joined(folder, name), args, ctx);
      if (!part)
        return part.why();
      if (!*part)
        continue;
      if (is_open)
        out += '\n';
      if (!first)
        out += *delimiter;
      first = false;
      is_open = !(*part)->ends_with('\n');
      out += **part;
      if (out.size() > longest_edited)
        return error{errc::exhausted,
                     fmt::format("the files in '{}' are longer than {} bytes",
                                 folder, longest_edited)};
    }
    return out;
  }

  /// Absent for what is no file.
  static result<std::optional<std::string>> part_of(const std::string& path,
                                                    const arguments& args,
                                                    const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto status = files.status(path, true);
    if (!status)
      return status.why();
    if (!*status || (*status)->kind != file_kind::regular)
      return std::optional<std::string>{};
    auto plain = open_source(path, args.flag("decrypt"), ctx);
    if (!plain || *plain)
      return plain;
    auto content = files.read(path, longest_edited);
    if (!content)
      return content.why();
    return std::optional{*std::move(content)};
  }
};

const register_module assemble_registration{std::make_shared<assemble>()};

} // namespace

} // namespace troupe
