#include "modules/module.hpp"
#include "modules/support/arguments/times.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/files/file_states.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

#include <charconv>

namespace troupe {

namespace {

class file final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "file",
      .summary = "Sets the state and the attributes of files, folders and "
                 "links.",
      .arguments = with_file_arguments({
        {.name = "path",
         .type = arg_type::path,
         .summary = "What is managed.",
         .required = true,
         .aliases = {"dest", "name"}},
        {.name = "state",
         .summary = "What shall be there.",
         .choices = {"absent", "directory", "file", "hard", "link", "touch"}},
        {.name = "src", .type = arg_type::path, .summary = "Target of a link."},
        {.name = "recurse",
         .type = arg_type::boolean,
         .summary = "Set the attributes of everything below a folder too.",
         .fallback = false},
        {.name = "force",
         .type = arg_type::boolean,
         .summary = "Link to what is missing, and replace files by links.",
         .fallback = false},
        {.name = "follow",
         .type = arg_type::boolean,
         .summary = "Change what a link points to, not the link.",
         .fallback = true},
        {.name = "modification_time",
         .summary = "`preserve`, `now`, or a time."},
        {.name = "modification_time_format",
         .summary = "How that time is written, as strptime(3) has it.",
         .fallback = "%Y%m%d%H%M.%S"},
        {.name = "access_time", .summary = "`preserve`, `now`, or a time."},
        {.name = "access_time_format",
         .summary = "How that time is written, as strptime(3) has it.",
         .fallback = "%Y%m%d%H%M.%S"},
        {.name = "_original_basename",
         .summary = "The name in a folder at `path` of what is no folder; "
                    "Ansible's own modules say it."},
        {.name = "_diff_peek",
         .type = arg_type::boolean,
         .summary = "Only answer with `appears_binary`, whether there is a "
                    "zero byte in the first 8 KiB."},
      }),
      .resource = {"file", {"path"}},
      .example
      = R"({"file": {"path": "/srv/app", "state": "directory", "mode": "0755"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    std::vector<std::string> missing;
    if (ctx.check_mode && args.text("state") != "absent")
      missing = unknown_accounts(args, ctx.machine.accounts());
    auto out = bring_about(args, ctx);
    out.warnings.insert(out.warnings.begin(), missing.begin(), missing.end());
    return out;
  }

private:
  /// What a real run would need by then: which users and groups there are not,
  /// in Ansible's words.
  static std::vector<std::string> unknown_accounts(const arguments& args,
                                                   account_database& known) {
    std::vector<std::string> out;
    for (auto [name, kind] :
         {std::pair{"owner", "user"}, std::pair{"group", "group"}}) {
      if (!args.has(name))
        continue;
      auto text = args.text(name);
      bool user = kind == std::string_view{"user"};
      auto find = [&](auto by) {
        return user ? known.user(by).has_value() : known.group(by).has_value();
      };
      uint32_t number = 0;
      auto end = text.data() + text.size();
      auto [at, code] = std::from_chars(text.data(), end, number);
      bool numeric = code == std::errc{} && at == end && !text.empty();
      if (find(std::string_view{text}) || (numeric && find(number)))
        continue;
      out.push_back(fmt::format("failed to look up {}{} {}: a run that is no "
                                "check needs it to be there by then",
                                kind,
                                !numeric ? ""
                                : user   ? " with uid"
                                         : " with gid",
                                text));
    }
    return out;
  }

  static module_result bring_about(const arguments& args,
                                   const module_context& ctx) {
    auto task = read(args, ctx);
    if (!task)
      return module_result::failure(task.why());
    place_inside(*task, args, ctx);
    auto state = state_of(args, *task, ctx);
    if (!state)
      return module_result::failure(state.why());
    if (args.given("_diff_peek"))
      return peek(task->path, ctx.machine.files());
    if (task->recurse && *state != "directory")
      return module_result::failure(
        errc::invalid_argument,
        fmt::format("recurse option requires state to be 'directory', not '{}'",
                    *state));
    if (task->has_src && *state != "link" && *state != "hard")
      return module_result::failure(
        errc::invalid_argument,
        fmt::format("src option requires state to be 'link' or 'hard', not "
                    "'{}'",
                    *state));
    if (task->attributes.mode.text_or("") == "preserve")
      return module_result::failure(
        errc::invalid_argument,
        "mode 'preserve' is for modules that copy a file");
    auto times = read_times(args, *task, *state, ctx.machine.clock());
    if (!times)
      return module_result::failure(times.why());
    return apply(*state, *task, ctx);
  }

  static module_result peek(const std::string& path, file_system& files) {
    constexpr size_t looked_at = size_t{8} << 10;
    // What cannot be read is taken for text.
    auto start = files.read_start(path, looked_at);
    module_result out;
    out.data.set("path", path);
    out.data.set("appears_binary",
                 start && start->find('\0') != std::string::npos);
    return out;
  }

  static void place_inside(file_task& task, const arguments& args,
                           const module_context& ctx) {
    auto name = args.text("_original_basename");
    auto state = args.text("state");
    // A hard link into a folder is called as what it links to.
    if (name.empty() && task.has_src)
      name = task.src.substr(task.src.rfind('/') + 1);
    if (name.empty() || state == "link" || state == "absent")
      return;
    auto there = ctx.machine.files().status(task.path, true);
    if (there && *there && (**there).kind == file_kind::directory)
      task.path = joined(task.path, name);
  }

  static result<file_task> read(const arguments& args,
                                const module_context& ctx) {
    auto attributes = read_file_arguments(args, ctx);
    if (!attributes)
      return attributes.why();
    file_task out;
    out.path = path_argument(args, "path", ctx);
    while (out.path.size() > 1 && out.path.ends_with("/"))
      out.path.pop_back();
    if (out.path.empty())
      return error{errc::invalid_argument, "the path is empty"};
    out.has_src = args.has("src");
    out.src = path_argument(args, "src", ctx);
    out.attributes = *std::move(attributes);
    out.recurse = args.flag("recurse");
    out.force = args.flag("force");
    out.follow = args.flag("follow");
    return out;
  }

  /// Without a state: a folder when everything below is meant, otherwise what
  /// is there now.
  static result<std::string> state_of(const arguments& args,
                                      const file_task& task,
                                      const module_context& ctx) {
    if (args.has("state"))
      return args.text("state");
    auto now = current_state(task.path, ctx);
    if (!now)
      return now;
    if (*now == "link" && task.follow) {
      auto there = ctx.machine.files().status(task.path, true);
      if (there && *there && !task.has_src)
        return std::string{state_name(**there)} == "directory"
                 ? std::string{"directory"}
                 : std::string{"file"};
    }
    if (*now == "absent")
      return std::string{task.recurse ? "directory" : "file"};
    if (*now == "hard" && !task.has_src)
      return std::string{"file"};
    return now;
  }

  static result<wanted_time> read_time(const arguments& args,
                                       const std::string& name,
                                       const std::string& state,
                                       clock_source& clock) {
    auto text = args.text(name);
    if (text.empty())
      text = state == "touch" ? "now" : "preserve";
    if (text == "preserve")
      return wanted_time{};
    if (text == "now")
      return wanted_time{false, std::nullopt};
    auto format = args.text(name + "_format");
    auto seconds = parse_local_time(clock, text, format);
    if (!seconds)
      return error{errc::invalid_argument,
                   fmt::format("{} '{}' is no time of the format '{}'", name,
                               text, format)};
    return wanted_time{false, *seconds};
  }

  static result<void> read_times(const arguments& args, file_task& task,
                                 const std::string& state,
                                 clock_source& clock) {
    auto modified = read_time(args, "modification_time", state, clock);
    if (!modified)
      return modified.why();
    auto accessed = read_time(args, "access_time", state, clock);
    if (!accessed)
      return accessed.why();
    task.modified = *modified;
    task.accessed = *accessed;
    return {};
  }

  static module_result apply(const std::string& state, const file_task& task,
                             const module_context& ctx) {
    if (state == "absent")
      return ensure_absent(task, ctx);
    if (state == "directory")
      return ensure_directory(task, ctx);
    if (state == "touch")
      return ensure_touched(task, ctx);
    if (state == "link")
      return ensure_link(task, ctx);
    if (state == "hard")
      return ensure_hard_link(task, ctx);
    return ensure_file(task, ctx);
  }
};

const register_module file_registration{std::make_shared<file>()};

} // namespace

} // namespace troupe
