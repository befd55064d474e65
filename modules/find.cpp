#include "modules/module.hpp"
#include "modules/support/files/file_finder.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class find final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "find",
      .summary = "Lists files by name, age, size and content.",
      .arguments
      = {{.name = "paths",
          .type = arg_type::list,
          .summary = "The folders to look into.",
          .required = true,
          .aliases = {"path", "name"},
          .elements = arg_type::str},
         {.name = "patterns",
          .type = arg_type::list,
          .summary = "Shell patterns, of which a name has to match one.",
          .aliases = {"pattern"},
          .elements = arg_type::str},
         {.name = "excludes",
          .type = arg_type::list,
          .summary = "Patterns of which a name must match none.",
          .aliases = {"exclude"},
          .elements = arg_type::str},
         {.name = "use_regex",
          .type = arg_type::boolean,
          .summary = "Patterns are regular expressions, which hold at the "
                     "beginning of a name.",
          .fallback = false},
         {.name = "contains",
          .summary = "Regular expression that a line has to begin with; of "
                     "files only."},
         {.name = "read_whole_file",
          .type = arg_type::boolean,
          .summary = "Look for `contains` anywhere in the whole content.",
          .fallback = false},
         {.name = "file_type",
          .summary = "What to list.",
          .fallback = "file",
          .choices = {"any", "directory", "file", "link"}},
         {.name = "age",
          .summary = "At least so old, in seconds or with one of `smhdw` "
                     "behind it; negative: at most."},
         {.name = "age_stamp",
          .summary = "Which time counts.",
          .fallback = "mtime",
          .choices = {"atime", "ctime", "mtime"}},
         {.name = "size",
          .summary = "At least so large, in bytes or with one of `bkmgt` "
                     "behind it; negative: at most."},
         {.name = "recurse",
          .type = arg_type::boolean,
          .summary = "Look into the folders below.",
          .fallback = false},
         {.name = "depth",
          .type = arg_type::integer,
          .summary = "How many levels deep; all when nothing is said."},
         {.name = "hidden",
          .type = arg_type::boolean,
          .summary = "List names that begin with a dot too.",
          .fallback = false},
         {.name = "follow",
          .type = arg_type::boolean,
          .summary = "Look into folders that links lead to.",
          .fallback = false},
         {.name = "get_checksum",
          .type = arg_type::boolean,
          .summary = "Return the SHA-1 of files.",
          .fallback = false}},
      .only_reads = true,
      .example
      = R"({"find": {"paths": "/var/log", "patterns": "*.gz", "age": "4w"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto wish = read_file_wish(args);
    if (!wish)
      return module_result::failure(wish.why());
    file_finder finder{*wish, ctx};
    dict skipped;
    module_result out;
    bool vague = false;
    for (auto& each : args.texts("paths")) {
      auto path = expand_path(each, ctx);
      vague = vague || (ctx.predicted && ctx.predicted->is_vague(path));
      auto done = finder.look_into(path);
      if (!done && done.why().code != errc::not_found
          && done.why().code != errc::permission_denied)
        return module_result::failure(done.why());
      if (done)
        continue;
      skipped.set(path, value::from_host(done.why().message));
      out.warnings.push_back(
        fmt::format("skipped '{}': {}", path, done.why().message));
    }
    out.msg = skipped.empty()
                ? "All paths examined"
                : "Not all paths examined, check warnings for details";
    auto found = finder.take_found();
    // What was not run may have made what is not found.
    if (vague || (ctx.unsure() && (found.empty() || !skipped.empty())))
      hold_back(out, ctx);
    out.data.set("matched", found.size());
    out.data.set("files", std::move(found));
    out.data.set("examined", finder.examined());
    out.data.set("skipped_paths", std::move(skipped));
    return out;
  }
};

const register_module find_registration{std::make_shared<find>()};

} // namespace

} // namespace troupe
