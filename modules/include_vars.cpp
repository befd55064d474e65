#include "config/inventory/vars_file.hpp"
#include "modules/module.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/search_text.hpp"
#include "modules/support/files/vault.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

/// Reads the files that one task names and merges what they say.
class vars_reader {
public:
  vars_reader(const arguments& args, const module_context& ctx)
      : args_{args}, files_{ctx.machine.files()}, secrets_{secrets_of(ctx)} {
  }

  result<void> take_file(const std::string& path) {
    auto text = files_.read(path, longest_source);
    if (!text)
      return text.why();
    auto vars = read_vars_text(*text, path, {secrets_});
    if (!vars)
      return vars.why();
    read_.push_back(path);
    for (auto& [key, x] : *vars)
      vars_.set(key, x);
    return {};
  }

  result<void> take_folder(const std::string& path, int64_t depth) {
    auto names = files_.list(path);
    if (!names)
      return names.why();
    for (auto& name : *names) {
      auto below = joined(path, name);
      auto status = files_.status(below, true);
      if (!status || !*status)
        continue;
      if ((*status)->kind == file_kind::directory) {
        // Zero: however deep.
        if (depth != 1)
          if (auto done = take_folder(below, depth - 1); !done)
            return done;
      } else if (auto done = take_member(name, below); !done) {
        return done;
      }
    }
    return {};
  }

  dict take_vars() {
    return std::move(vars_);
  }

  list files() const {
    list out;
    for (auto& each : read_)
      out.push_back(each);
    return out;
  }

private:
  result<void> take_member(const std::string& name, const std::string& path) {
    auto wanted = args_.text("files_matching");
    if (!wanted.empty() && !search_text(wanted, name))
      return {};
    for (auto& pattern : args_.texts("ignore_files"))
      if (search_text(pattern, name))
        return {};
    auto known = args_.texts("extensions");
    auto dot = name.rfind('.');
    auto ending = dot == std::string::npos ? "" : name.substr(dot + 1);
    if (std::find(known.begin(), known.end(), ending) != known.end())
      return take_file(path);
    if (args_.flag("ignore_unknown_extensions"))
      return {};
    return error{errc::invalid_argument,
                 fmt::format("{} does not have a valid extension: {}", path,
                             fmt::join(known, ", "))};
  }

  const arguments& args_;
  file_system& files_;
  const vault* secrets_;
  dict vars_;
  std::vector<std::string> read_;
};

class include_vars final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "include_vars",
      .summary = "Reads variables from files.",
      .arguments
      = {{.name = "file",
          .type = arg_type::path,
          .summary = "A file with JSON or YAML: absolute, or looked for as "
                     "sources of files are, also in `vars`."},
         {.name = "dir",
          .type = arg_type::path,
          .summary = "Read all files of this folder, in the order of their "
                     "names."},
         {.name = "name",
          .summary = "Put the variables into a dict of this name."},
         {.name = "depth",
          .type = arg_type::integer,
          .summary = "How deep to go into `dir`; 0: all the way.",
          .fallback = 0},
         {.name = "files_matching",
          .summary = "A regular expression for the names of files in `dir`."},
         {.name = "ignore_files",
          .type = arg_type::list,
          .summary = "Regular expressions for names to pass over."},
         {.name = "extensions",
          .type = arg_type::list,
          .summary = "Endings of the files that are read.",
          .fallback = list{"yaml", "yml", "json"}},
         {.name = "ignore_unknown_extensions",
          .type = arg_type::boolean,
          .summary = "Pass over files with other endings instead of failing.",
          .fallback = false}},
      .free_form = "file",
      .mutually_exclusive = {{"file", "dir"}},
      .required_one_of = {{"file", "dir"}},
      .only_reads = true,
      .at_home = true,
      .sets_variables = true,
      .example = R"({"include_vars": {"file": "ports.yml", "name": "ports"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    vars_reader reader{args, ctx};
    bool folder = args.has("dir");
    auto path = find_source(path_argument(args, folder ? "dir" : "file", ctx),
                            "vars", ctx);
    if (!path)
      return module_result::failure(path.why());
    auto done = folder ? reader.take_folder(*path, args.integer("depth"))
                       : reader.take_file(*path);
    if (!done) {
      auto failed = module_result::failure(done.why());
      // Ansible's own says it there as well.
      failed.data.set("message", failed.msg);
      return failed;
    }
    module_result out;
    out.facts = reader.take_vars();
    if (auto name = args.text("name"); !name.empty())
      out.facts = dict{{name, value{std::move(out.facts)}}};
    out.data.set("ansible_included_var_files", reader.files());
    out.data.set("ansible_facts", out.facts);
    return out;
  }
};

const register_module include_vars_registration{
  std::make_shared<include_vars>()};

} // namespace

} // namespace troupe
