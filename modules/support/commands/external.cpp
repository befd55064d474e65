#include "modules/support/commands/external.hpp"

#include "config/language/language.hpp"
#include "config/playbook/compatible_version.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/arguments/convert.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/external_answer.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/python_library.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

namespace troupe {

namespace {

constexpr size_t longest_answer = size_t{16} << 20;
constexpr std::string_view json_place = "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>";

enum class calling_convention : uint8_t {
  json_file,
  python_file,
  json_inside,
  key_values
};

calling_convention convention_of(std::string_view content) {
  auto holds = [&](std::string_view part) {
    return content.find(part) != std::string_view::npos;
  };
  if (content.substr(0, size_t{8} << 10).find('\0') != std::string_view::npos)
    return calling_convention::json_file;
  // Of its collection, whose modules may leave all of Ansible to that.
  bool of_collection
    = (holds("ansible_collections.") && holds(".plugins.module_utils"))
      || holds("from ..module_utils") || holds("from ...module_utils");
  if (holds("ansible.module_utils") || holds("ANSIBLE_MODULE_ARGS")
      || of_collection)
    return calling_convention::python_file;
  if (holds(json_place))
    return calling_convention::json_inside;
  if (holds("WANT_JSON"))
    return calling_convention::json_file;
  return calling_convention::key_values;
}

/// Only a program that speaks of check mode is trusted to change nothing.
bool knows_check_mode(std::string_view content) {
  return content.find("_ansible_check_mode") != std::string_view::npos
         || content.find("supports_check_mode") != std::string_view::npos;
}

/// Files that are gone when the task is over.
class temporary_files {
public:
  explicit temporary_files(const module_context& ctx) : ctx_{ctx} {
  }

  ~temporary_files() {
    for (auto& path : paths_)
      static_cast<void>(ctx_.machine.files().remove(path));
  }

  temporary_files(const temporary_files&) = delete;
  temporary_files& operator=(const temporary_files&) = delete;

  result<std::string> add(std::string_view stem, std::string_view content,
                          uint32_t mode) {
    static std::atomic<unsigned> counter{0};
    auto path = joined(ctx_.temporary_directory,
                       fmt::format("{}-{}", stem, counter.fetch_add(1)));
    auto done = ctx_.machine.files().replace(path, content, {.mode = mode});
    if (!done)
      return done.why();
    paths_.push_back(path);
    return path;
  }

private:
  const module_context& ctx_;
  std::vector<std::string> paths_;
};

class external_module final : public task_module {
public:
  external_module(std::string name, std::string path)
      : name_{std::move(name)}, path_{std::move(path)},
        summary_{fmt::format("Runs the program '{}'.", path_)} {
    spec_.name = name_;
    spec_.summary = summary_;
    spec_.arguments = {{.name = "_raw_params",
                        .type = arg_type::raw,
                        .summary = "Text of the task that is no key=value."}};
    spec_.free_form = "_raw_params";
    spec_.any_arguments = true;
    spec_.idempotent = false;
    spec_.resource.named_by = {"name", "path", "dest"};
    // What Ansible's own modules of these names manage.
    if (auto bare = bare_name(); bare == "user" || bare == "group")
      spec_.resource.noun = bare;
  }

  std::string program() const override {
    return path_;
  }

  const module_spec& spec() const override {
    return spec_;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto content = ctx.machine.files().read(path_, longest_source);
    if (!content)
      return module_result::failure(content.why());
    if (ctx.check_mode && !knows_check_mode(*content)) {
      module_result out;
      out.skipped = true;
      out.msg
        = fmt::format("the module '{}' does not support check mode", name_);
      hold_back(out, ctx);
      return out;
    }
    if (ctx.predicted && is_given_predicted(args.all(), ctx)) {
      module_result out;
      out.changed = true;
      hold_back(out, ctx);
      note_prediction(args, ctx);
      return out;
    }
    temporary_files temporary{ctx};
    auto spec = command(*content, args, temporary, ctx);
    if (!spec)
      return module_result::failure(spec.why());
    auto ended = ctx.machine.processes().run(*spec);
    if (!ended)
      return module_result::failure(ended.why());
    auto out = read_external_answer(name_, *ended, longest_answer);
    if (ctx.predicted && (out.failed ? ctx.unsure() : out.changed))
      note_prediction(args, ctx);
    return out;
  }

private:
  std::string_view bare_name() const {
    auto bare = std::string_view{name_};
    for (std::string_view own : {"ansible.builtin.", "ansible.legacy."})
      if (bare.starts_with(own))
        bare.remove_prefix(own.size());
    return bare;
  }

  /// A program sees the machine as it is, and not what a path of its arguments
  /// is predicted to lead to.
  static bool is_given_predicted(const dict& args, const module_context& ctx) {
    return std::any_of(args.begin(), args.end(), [&](auto& pair) {
      auto text = pair.second.text_or("");
      return text.starts_with('/')
             && ctx.predicted->differs(std::string{text}, true);
    });
  }

  /// What it would have done is not known but for accounts, which Ansible's
  /// own modules name.
  void note_prediction(const arguments& args, const module_context& ctx) const {
    ctx.doubt();
    auto bare = bare_name();
    auto* name = args.find("name");
    auto* state = args.find("state");
    if ((bare != "user" && bare != "group") || !name
        || (state && state->text_or("") == "absent"))
      return;
    auto& accounts = ctx.machine.accounts();
    auto text = text_of(*name);
    ctx.predicted->what().names.add(text, bare == "group", accounts);
    // A user has a group of that name where none is named.
    if (bare == "user" && !args.has("group"))
      ctx.predicted->what().names.add(text, true, accounts);
  }

  dict parameters(const arguments& args, const module_context& ctx) const {
    auto out = args.all();
    out.set("_ansible_check_mode", ctx.check_mode);
    out.set("_ansible_diff", ctx.diff_mode);
    out.set("_ansible_verbosity", ctx.verbosity);
    out.set("_ansible_debug", false);
    out.set("_ansible_no_log", false);
    out.set("_ansible_module_name", name_);
    out.set("_ansible_version", compatible_version);
    out.set("_ansible_tmpdir", ctx.temporary_directory);
    out.set("_ansible_keep_remote_files", false);
    return out;
  }

  /// What the file says that the program is given.
  static std::string passed_to(calling_convention convention, const dict& all) {
    if (convention == calling_convention::json_file)
      return to_json(value{all});
    if (convention == calling_convention::python_file)
      return to_json(dict{{"ANSIBLE_MODULE_ARGS", all}});
    std::string out;
    for (auto& [key, x] : all)
      out += fmt::format("{}={} ", text_of(key), shell_quoted(text_of(x)));
    return out;
  }

  /// The program with its arguments inside.
  static result<std::string> filled_copy(std::string content, const dict& all,
                                         temporary_files& temporary) {
    auto text = to_json(value{all});
    for (size_t at = 0;
         (at = content.find(json_place, at)) != std::string::npos;
         at += text.size())
      content.replace(at, json_place.size(), text);
    return temporary.add("module", content, 0700);
  }

  result<process_spec> command(const std::string& content,
                               const arguments& args,
                               temporary_files& temporary,
                               const module_context& ctx) const {
    auto all = parameters(args, ctx);
    auto convention = convention_of(content);
    bool inside = convention == calling_convention::json_inside;
    auto program = inside ? filled_copy(content, all, temporary)
                          : result<std::string>{path_};
    if (!program)
      return program.why();
    auto words = convention == calling_convention::python_file
                   ? python_words(content, *program, temporary, ctx)
                   : interpreter(content, *program, ctx);
    if (!words)
      return words.why();
    process_spec out;
    out.argv = *std::move(words);
    if (!inside) {
      auto file = temporary.add("arguments", passed_to(convention, all), 0600);
      if (!file)
        return file.why();
      out.argv.push_back(*file);
    }
    out.environment = ctx.environment;
    out.deadline = ctx.deadline;
    out.stop = ctx.stop;
    out.keep_head = longest_answer;
    out.keep_tail = size_t{64} << 10;
    return out;
  }

  /// Modules of Ansible say `#!/usr/bin/python` and mean the Python of the
  /// host: what `ansible_python_interpreter` says, or python3 where there is no
  /// other.
  static std::string python_instead(const std::vector<std::string>& first,
                                    const module_context& ctx) {
    if (first.empty() || !base_name(first.front()).starts_with("python"))
      return {};
    auto* said
      = ctx.names ? ctx.names->find("ansible_python_interpreter") : nullptr;
    auto& files = ctx.machine.files();
    if (said && files.access(std::string{said->text_or("")}, "x"))
      return std::string{said->text_or("")};
    constexpr auto usual = "/usr/bin/python3";
    return files.access(first.front(), "x") || !files.access(usual, "x")
             ? std::string{}
             : usual;
  }

  /// A Python module, run by what brings along what it imports; a program that
  /// only speaks of Ansible's library runs by itself.
  result<std::vector<std::string>>
  python_words(const std::string& content, const std::string& program,
               temporary_files& temporary, const module_context& ctx) const {
    std::vector<std::string> first{"python"};
    if (content.starts_with("#!")) {
      auto said = split_command(
        std::string_view{content}.substr(2, content.find('\n') - 2));
      if (!said)
        return said.why();
      first = std::move(*said);
      // `#!/usr/bin/env python3`
      if (first.size() > 1 && base_name(first.front()) == "env")
        first.erase(first.begin());
    }
    if (first.empty() || !base_name(first.front()).starts_with("python")
        || content.substr(0, size_t{8} << 10).find('\0') != content.npos)
      return interpreter(content, program, ctx);
    if (auto python = python_instead(first, ctx); !python.empty())
      first = {python};
    auto library = temporary.add("python", python_library(), 0600);
    if (!library)
      return library.why();
    first.push_back(*library);
    first.push_back(program);
    return first;
  }

  /// The program itself when it may be executed; otherwise what its first
  /// line names, so that a file whose mode was lost still runs.
  result<std::vector<std::string>>
  interpreter(const std::string& content, const std::string& program,
              const module_context& ctx) const {
    std::optional<result<std::vector<std::string>>> first;
    if (content.starts_with("#!"))
      first = split_command(
        std::string_view{content}.substr(2, content.find('\n') - 2));
    if (first && *first)
      if (auto python = python_instead(**first, ctx); !python.empty())
        return std::vector<std::string>{python, program};
    if (ctx.machine.files().access(program, "x"))
      return std::vector<std::string>{program};
    if (first) {
      auto& words = *first;
      if (!words)
        return words.why();
      if (!words->empty()) {
        words->push_back(program);
        return words;
      }
    }
    return error{errc::permission_denied,
                 fmt::format("cannot run the module '{}': '{}' is not "
                             "executable and has no '#!' line",
                             name_, program)};
  }

  std::string name_;
  std::string path_;
  std::string summary_;
  module_spec spec_;
};

} // namespace

std::shared_ptr<const task_module> make_external_module(std::string name,
                                                        std::string path) {
  return std::make_shared<external_module>(std::move(name), std::move(path));
}

} // namespace troupe
