#include "config/inventory/vars_file.hpp"
#include "config/language/language.hpp"
#include "config/playbook/merged_names.hpp"
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

  /// The files of a folder come before those of the folders in it.
  result<void> take_folder(const std::string& path, int64_t depth) {
    std::vector<std::string> folders{path};
    if (auto done = find_folders(path, depth, folders); !done)
      return done;
    std::sort(folders.begin(), folders.end());
    for (auto& each : folders)
      if (auto done = take_members(each); !done)
        return done;
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
  /// What is not a file that can be read, or a folder, is passed over.
  std::optional<file_kind> kind_of(const std::string& path) {
    auto status = files_.status(path, true);
    if (!status || !*status)
      return std::nullopt;
    return (*status)->kind;
  }

  /// `depth` zero: however deep.
  result<void> find_folders(const std::string& path, int64_t depth,
                            std::vector<std::string>& out) {
    auto names = files_.list(path);
    if (!names)
      return names.why();
    if (depth == 1)
      return {};
    for (auto& name : *names) {
      auto below = joined(path, name);
      if (kind_of(below) != file_kind::directory)
        continue;
      out.push_back(below);
      if (auto done = find_folders(below, depth - 1, out); !done)
        return done;
    }
    return {};
  }

  result<void> take_members(const std::string& folder) {
    auto names = files_.list(folder);
    if (!names)
      return names.why();
    for (auto& name : *names) {
      auto path = joined(folder, name);
      if (auto kind = kind_of(path); !kind || *kind == file_kind::directory)
        continue;
      if (auto done = take_member(name, path); !done)
        return done;
    }
    return {};
  }

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
                     "names, then those of the folders in it."},
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
          .fallback = false},
         {.name = "hash_behaviour",
          .summary = "`merge`: a dict over one that is there becomes one that "
                     "has the entries of both. `replace`: it takes its place.",
          .choices = {"replace", "merge"}}},
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
      return not_read(path.why(), reader);
    auto done = folder ? reader.take_folder(*path, args.integer("depth"))
                       : reader.take_file(*path);
    if (!done)
      return not_read(done.why(), reader);
    module_result out;
    out.facts = reader.take_vars();
    if (auto name = args.text("name"); !name.empty())
      out.facts = dict{{name, value{std::move(out.facts)}}};
    if (args.text("hash_behaviour") == "merge")
      out.facts = over_what_is_there(out.facts, ctx);
    out.data.set("ansible_included_var_files", reader.files());
    out.data.set("ansible_facts", out.facts);
    return out;
  }

private:
  /// Playbooks look for what has been read before, and for `message`.
  static module_result not_read(const error& why, const vars_reader& reader) {
    auto out = module_result::failure(why);
    out.data.set("message", out.msg);
    out.data.set("ansible_facts", dict{});
    out.data.set("ansible_included_var_files", reader.files());
    return out;
  }

  static dict over_what_is_there(const dict& vars, const module_context& ctx) {
    dict out;
    for (auto& [name, x] : vars) {
      auto* below = ctx.names ? ctx.names->find(name.text_or("")) : nullptr;
      out.set(name, x);
      if (below && below->is_dict() && x.is_dict())
        out.set(name, merged(*below, x));
    }
    return out;
  }
};

const register_module include_vars_registration{
  std::make_shared<include_vars>()};

} // namespace

} // namespace troupe
