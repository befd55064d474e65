#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace troupe {

namespace {

/// What the next start of the host is to find.
struct start_state {
  std::string name;
  bool loaded = false;
  std::set<std::string> params;
};

/// A line of the files without a comment at its end.
std::string uncommented(const std::string& line) {
  return trimmed_text(line.substr(0, line.find_first_of("#;")));
}

/// Calls `look` with each file of a folder that is read at the start.
result<void>
for_each_conf(const std::string& folder, const module_context& ctx,
              const std::function<result<void>(const text_edit&)>& look) {
  auto names = ctx.machine.files().list(folder);
  if (!names && names.why().code == errc::not_found)
    return {};
  if (!names)
    return names.why();
  for (auto& each : *names) {
    if (!each.ends_with(".conf"))
      continue;
    auto path = fmt::format("{}/{}", folder, each);
    auto there = ctx.machine.files().status(path, true);
    if (!there)
      return there.why();
    // A link to /dev/null is how a file of the distribution is switched off.
    if (!*there || (*there)->kind != file_kind::regular)
      continue;
    auto edit = begin_edit(path, ctx);
    if (!edit)
      return edit.why();
    if (auto done = look(*edit); !done)
      return done;
  }
  return {};
}

/// Ends the edit of one file of several; each has its own difference.
result<void> end_one_edit(const text_edit& edit, const std::string& after,
                          const module_context& ctx, module_result& out,
                          const file_attributes& fresh = {}) {
  auto others = std::exchange(out.diff, {});
  auto done = end_edit(edit, after, ctx, out, fresh);
  if (others.is_null())
    return done;
  auto all = others.is_list() ? others.as_list() : list{std::move(others)};
  if (!out.diff.is_null())
    all.push_back(std::move(out.diff));
  out.diff = std::move(all);
  return done;
}

/// Makes comments of the lines that `is_one` knows.
result<void>
disable_lines(const std::string& folder, module_result& out,
              const module_context& ctx,
              const std::function<bool(const std::string&)>& is_one) {
  return for_each_conf(folder, ctx, [&](auto& edit) {
    std::string after;
    for (auto& line : whole_lines(edit.before)) {
      if (is_one(uncommented(line)))
        after += '#';
      after += line;
    }
    return end_one_edit(edit, after, ctx, out);
  });
}

/// All lines of a folder's files, without comments.
result<std::vector<std::string>> lines_in(const std::string& folder,
                                          const module_context& ctx) {
  std::vector<std::string> out;
  auto read = for_each_conf(folder, ctx, [&](auto& edit) {
    for (auto& line : whole_lines(edit.before))
      out.push_back(uncommented(line));
    return result<void>{};
  });
  return read ? result<std::vector<std::string>>{std::move(out)} : read.why();
}

/// Adds lines to the file of a folder that has the module's name.
result<void> add_to_conf(const std::string& folder, const std::string& name,
                         const std::string& lines, module_result& out,
                         const module_context& ctx) {
  auto edit = begin_edit(fmt::format("{}/{}.conf", folder, name), ctx);
  if (!edit)
    return edit.why();
  auto text = edit->before;
  if (!text.empty() && text.back() != '\n')
    text += '\n';
  return end_one_edit(*edit, text + lines, ctx, out, {.mode = 0644});
}

/// The parameters that a line gives to this module.
std::vector<std::string> parameters_in(const std::string& line,
                                       const std::string& name) {
  auto words = words_in(line);
  if (words.size() < 3 || words[0] != "options" || words[1] != name)
    return {};
  return {words.begin() + 2, words.end()};
}

/// `params` as the files can have them.
result<std::set<std::string>> kept_parameters(const std::string& params) {
  auto words = split_command(params);
  if (!words)
    return words.why();
  for (auto& each : *words)
    if (!is_one_line(each)
        || each.find_first_of(" \t#;\"'") != std::string::npos)
      return error{
        errc::invalid_argument,
        fmt::format("'persistent' cannot keep the parameter '{}': it "
                    "has a blank, a quotation mark or a sign that "
                    "begins a comment",
                    each)};
  return std::set<std::string>{words->begin(), words->end()};
}

result<void> settle_start(const start_state& wanted, const module_context& ctx,
                          module_result& out) {
  constexpr auto load_folder = "/etc/modules-load.d";
  constexpr auto params_folder = "/etc/modprobe.d";
  auto loads = lines_in(load_folder, ctx);
  if (!loads)
    return loads.why();
  auto options = lines_in(params_folder, ctx);
  if (!options)
    return options.why();
  bool is_loaded
    = std::find(loads->begin(), loads->end(), wanted.name) != loads->end();
  if (is_loaded != wanted.loaded) {
    auto done
      = wanted.loaded
          ? add_to_conf(load_folder, wanted.name, wanted.name + "\n", out, ctx)
          : disable_lines(load_folder, out, ctx,
                          [&](auto& line) { return line == wanted.name; });
    if (!done)
      return done;
  }
  std::set<std::string> given;
  for (auto& line : *options)
    for (auto& each : parameters_in(line, wanted.name))
      given.insert(each);
  if (given == wanted.params)
    return {};
  if (auto done = disable_lines(
        params_folder, out, ctx,
        [&](auto& line) { return !parameters_in(line, wanted.name).empty(); });
      !done || wanted.params.empty())
    return done;
  std::string text;
  for (auto& each : wanted.params)
    text += fmt::format("options {} {}\n", wanted.name, each);
  return add_to_conf(params_folder, wanted.name, text, out, ctx);
}

class modprobe final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "modprobe",
      .summary = "Loads and unloads modules of the kernel.",
      .arguments
      = {{.name = "name", .summary = "The module.", .required = true},
         {.name = "state",
          .summary = "Whether it shall be loaded.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "params",
          .summary = "Its parameters, when it is loaded.",
          .fallback = ""},
         {.name = "persistent",
          .summary = "Whether it and `params` are there after the next start "
                     "too, by files in /etc/modules-load.d and "
                     "/etc/modprobe.d; `disabled`: these stay as they are.",
          .fallback = "disabled",
          .choices = {"absent", "disabled", "present"}}},
      .aliases = {"community.general.modprobe"},
      .lock = "modprobe",
      .resource = {"kernel module", {"name"}},
      .example = R"({"modprobe": {"name": "br_netfilter"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto name = args.text("name");
    if (name.empty() || name[0] == '-' || !is_one_line(name)
        || name.find_first_of("/ \t") != std::string::npos)
      return module_result::failure(
        errc::invalid_argument,
        fmt::format("'{}' cannot be the name of a module of the kernel", name));
    module_result out;
    for (auto each : {"name", "params", "state"})
      out.data.set(each, args.text(each));
    auto persistent = args.text("persistent");
    auto kept
      = kept_parameters(persistent == "present" ? args.text("params") : "");
    if (!kept)
      return module_result::failure(kept.why());
    auto wanted = args.text("state") == "present";
    auto loaded = is_loaded(name, ctx);
    if (!loaded)
      return module_result::failure(loaded.why());
    if (*loaded != wanted) {
      out.changed = true;
      if (!ctx.check_mode)
        if (auto done = act(name, wanted, args.text("params"), ctx); !done)
          return module_result::failure(done.why());
    }
    if (persistent == "disabled")
      return out;
    if (auto done = settle_start(
          {name, persistent == "present", std::move(*kept)}, ctx, out);
        !done)
      return module_result::failure(done.why());
    return out;
  }

private:
  /// As the kernel writes it.
  static std::string plain(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }

  static result<bool> is_loaded(const std::string& name,
                                const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto all = files.read("/proc/modules", size_t{16} << 20);
    if (!all)
      return all.why();
    auto wanted = plain(name);
    for (auto& line : split_text(*all, '\n'))
      if (line.starts_with(wanted + " "))
        return true;
    // Those that the kernel always has.
    auto kernel = ctx.machine.facts().kernel();
    auto built_in
      = files.read(fmt::format("/lib/modules/{}/modules.builtin",
                               kernel ? kernel->release : std::string{}),
                   size_t{16} << 20);
    if (!built_in)
      return false;
    for (auto& line : split_text(*built_in, '\n'))
      if (auto file = line.substr(line.rfind('/') + 1);
          plain(file.substr(0, file.find('.'))) == wanted)
        return true;
    return false;
  }

  static result<void> act(const std::string& name, bool wanted,
                          const std::string& params,
                          const module_context& ctx) {
    auto tool = find_tool("modprobe", ctx);
    if (!tool)
      return tool.why();
    std::vector<std::string> argv{*tool};
    if (!wanted)
      argv.push_back("-r");
    argv.insert(argv.end(), {"--", name});
    if (wanted) {
      auto words = split_command(params);
      if (!words)
        return words.why();
      argv.insert(argv.end(), words->begin(), words->end());
    }
    ctx.changing("module of the kernel " + name);
    auto said = tool_output(std::move(argv), ctx);
    return said ? result<void>{} : result<void>{said.why()};
  }
};

const register_module modprobe_registration{std::make_shared<modprobe>()};

} // namespace

} // namespace troupe
