#include "config/language/language.hpp"
#include "modules/module.hpp"
#include "modules/support/arguments/template_names.hpp"
#include "modules/support/files/copy_tree.hpp"
#include "modules/support/files/file_content.hpp"
#include "modules/support/files/file_mode.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_encoding.hpp"
#include "modules/support/files/vault.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class template_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "template",
      .summary = "Renders a template and puts the result in its place.",
      .arguments = with_file_arguments({
        {.name = "src",
         .type = arg_type::path,
         .summary = "The template, beside the plan.",
         .required = true},
        {.name = "dest",
         .type = arg_type::path,
         .summary = "Where the result goes; a folder that is missing is made "
                    "where a slash ends its name.",
         .required = true},
        {.name = "variables",
         .type = arg_type::dict,
         .summary = "Names for this template, stronger than all others.",
         .aliases = {"vars"}},
        {.name = "backup",
         .type = arg_type::boolean,
         .summary = "Keep the replaced file under a name with the time.",
         .fallback = false},
        {.name = "force",
         .type = arg_type::boolean,
         .summary = "Replace a file that differs; no: only create.",
         .fallback = true},
        {.name = "follow",
         .type = arg_type::boolean,
         .summary = "Write through a link at `dest`.",
         .fallback = false},
        {.name = "validate",
         .summary
         = "Command that judges the new file, `%s`, before it counts."},
        {.name = "newline_sequence",
         .summary = "How lines end.",
         .fallback = "\n",
         .choices = {"\n", "\r", "\r\n", "\\n", "\\r", "\\r\\n"}},
        {.name = "block_start_string",
         .summary = "Begins a statement.",
         .fallback = "{%"},
        {.name = "block_end_string",
         .summary = "Ends a statement.",
         .fallback = "%}"},
        {.name = "variable_start_string",
         .summary = "Begins an expression.",
         .fallback = "{{"},
        {.name = "variable_end_string",
         .summary = "Ends an expression.",
         .fallback = "}}"},
        {.name = "comment_start_string",
         .summary = "Begins a comment.",
         .fallback = "{#"},
        {.name = "comment_end_string",
         .summary = "Ends a comment.",
         .fallback = "#}"},
        {.name = "trim_blocks",
         .type = arg_type::boolean,
         .summary = "Drop the line end behind a statement.",
         .fallback = true},
        {.name = "lstrip_blocks",
         .type = arg_type::boolean,
         .summary = "Drop the blanks before a statement.",
         .fallback = false},
        {.name = "output_encoding",
         .summary = "Encoding of the result.",
         .fallback = "utf-8"},
      }),
      .resource = {"file", {"dest"}},
      .example
      = R"({"template": {"src": "app.conf.j2", "dest": "/etc/app.conf"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto request = read_content_arguments(args, ctx);
    if (!request)
      return module_result::failure(request.why());
    prepared_source source;
    if (ctx.prepared)
      source = *ctx.prepared;
    else if (auto found = find(args, ctx))
      source = std::move(*found);
    else
      return module_result::failure(found.why());
    request->dest = path_argument(args, "dest", ctx);
    auto is_missing = place(*request, source, ctx);
    if (!is_missing)
      return module_result::failure(is_missing.why());
    if (!ctx.prepared) {
      auto text = render(source.path, request->dest, args, ctx);
      if (!text)
        return module_result::failure(text.why());
      source.text = std::move(*text);
    }
    if (*is_missing)
      if (auto made = make_copy_folders(parent_of(request->dest), args, ctx);
          !made)
        return module_result::failure(made.why());
    request->content = source.text;
    request->diff_name = source.path;
    auto out = write_content(*request, ctx);
    out.data.set("src", source.path);
    out.changed = out.changed || (*is_missing && !out.failed);
    return out;
  }

  result<std::optional<prepared_source>>
  prepare(const arguments& args, const module_context& ctx) const override {
    auto out = find(args, ctx);
    if (!out)
      return out.why();
    auto text = render(out->path, args.text("dest"), args, ctx);
    if (!text)
      return text.why();
    out->text = std::move(*text);
    return std::optional{std::move(*out)};
  }

private:
  /// The template, and which mode `preserve` means.
  static result<prepared_source> find(const arguments& args,
                                      const module_context& ctx) {
    if (!ctx.templates || !ctx.names)
      return error{errc::unsupported, "there is no template language here"};
    auto path = find_source(path_argument(args, "src", ctx), "templates", ctx);
    if (!path)
      return path.why();
    prepared_source out;
    out.path = *path;
    if (args.text("mode") == "preserve")
      if (auto status = ctx.machine.files().status(*path, true);
          status && *status)
        out.mode = (*status)->mode;
    return out;
  }

  /// A folder as `dest` gets a file with the name of the template in it.
  /// Whether the folder is to be made: a name with a slash at its end.
  static result<bool> place(content_request& request,
                            const prepared_source& source,
                            const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto dest = files.status(request.dest, true);
    if (!dest)
      return dest.why();
    auto is_missing = request.dest.ends_with("/") && !*dest;
    if (request.dest.ends_with("/")
        || (*dest && (*dest)->kind == file_kind::directory))
      request.dest = joined(request.dest, base_name(source.path));
    if (request.attributes.mode.text_or("") == "preserve" && source.mode != 0)
      request.attributes.mode = octal(source.mode);
    return is_missing;
  }

  static template_settings settings_of(const arguments& args) {
    template_settings out;
    out.block_start = args.text("block_start_string");
    out.block_end = args.text("block_end_string");
    out.variable_start = args.text("variable_start_string");
    out.variable_end = args.text("variable_end_string");
    out.comment_start = args.text("comment_start_string");
    out.comment_end = args.text("comment_end_string");
    out.trim_blocks = args.flag("trim_blocks");
    out.lstrip_blocks = args.flag("lstrip_blocks");
    auto ends = args.text("newline_sequence");
    // JSON and YAML plans spell the escape out; both spellings are accepted.
    out.newline_sequence = ends == "\\n"      ? "\n"
                           : ends == "\\r"    ? "\r"
                           : ends == "\\r\\n" ? "\r\n"
                                              : ends;
    return out;
  }

  static result<std::string> render(const std::string& source,
                                    const std::string& dest,
                                    const arguments& args,
                                    const module_context& ctx) {
    auto plain = open_source(source, true, ctx);
    if (!plain)
      return plain.why();
    auto text = *plain ? result<std::string>{std::move(**plain)}
                       : ctx.machine.files().read(source, longest_source);
    if (!text)
      return text.why();
    template_names names{*ctx.names, source, args.text("src"), dest, ctx};
    if (auto* extra = args.find("variables"))
      names.add(extra->as_dict());
    auto rendered = ctx.templates->render(*text, source, names,
                                          settings_of(args), ctx.terms());
    if (!rendered)
      return rendered.why();
    auto encoding = args.text("output_encoding");
    if (encoding == "utf-8")
      return rendered;
    return encode_document(*rendered, encoding);
  }
};

const register_module template_registration{
  std::make_shared<template_module>()};

} // namespace

} // namespace troupe
