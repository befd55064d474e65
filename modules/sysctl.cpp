#include "modules/module.hpp"
#include "modules/support/arguments/convert.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace troupe {

namespace {

/// The file of a kernel parameter. The first of `.` and `/` in its name parts
/// it, as sysctl(8) reads names: `net.ipv4.conf.eth0/1.forwarding`.
std::string parameter_path(std::string name) {
  auto first = name.find_first_of("./");
  if (first != std::string::npos && name[first] == '.')
    for (auto& each : name)
      each = each == '.' ? '/' : each == '/' ? '.' : each;
  return "/proc/sys/" + name;
}

/// Words, whatever is between them.
bool same_words(std::string_view x, std::string_view y) {
  return words_in(x) == words_in(y);
}

/// A line of a file of parameters taken apart.
struct parameter_line {
  std::string name;
  std::string content;
};

std::optional<parameter_line> parse_parameter(const std::string& line) {
  auto text = trimmed_text(line);
  auto at = text.find('=');
  if (text.empty() || text[0] == '#' || text[0] == ';'
      || at == std::string::npos)
    return std::nullopt;
  return parameter_line{trimmed_text(text.substr(0, at)),
                        trimmed_text(text.substr(at + 1))};
}

/// One task of `sysctl`.
class sysctl_work {
public:
  sysctl_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, name_{trimmed_text(args.text("name"))},
        present_{args.text("state") == "present"} {
    if (args.has("value"))
      value_ = plain(args.text("value"));
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto edit = begin_edit(path_argument(args_, "sysctl_file", ctx_), ctx_);
    if (!edit)
      return module_result::failure(edit.why());
    auto after = edited(edit->before);
    auto kernel = ctx_.machine.files().read(parameter_path(name_));
    auto wrong = !kernel || !same_words(*kernel, value_);
    auto writes = present_ ? kept_ != value_ : kept_ && !kept_->empty();
    // A parameter that is in no file has nothing to be removed from.
    auto reloads = args_.flag("reload") && kept_ && !writes && wrong;
    auto sets = args_.flag("sysctl_set") && present_ && wrong;
    module_result out;
    if (sets && kernel)
      if (auto done = set(); !done)
        return module_result::failure(done.why());
    if (writes)
      if (auto done = end_edit(*edit, after, ctx_, out); !done)
        return module_result::failure(done.why());
    out.changed = writes || reloads || sets;
    if (out.changed && args_.flag("reload"))
      if (auto done = reload(edit->path); !done)
        return module_result::failure(done.why());
    return out;
  }

private:
  /// Words for bools are what the kernel has for them.
  static std::string plain(const std::string& text) {
    auto word = trimmed_text(text);
    auto flag = bool_of(word);
    return flag ? *flag ? "1" : "0" : word;
  }

  result<void> check() const {
    auto unfit = name_.empty() || name_[0] == '-' || !is_one_line(name_)
                 || name_.find_first_of(" \t=#;") != std::string::npos
                 || name_.find("..") != std::string::npos
                 || name_.find("//") != std::string::npos;
    if (unfit)
      return error{
        errc::invalid_argument,
        fmt::format("'{}' cannot be the name of a kernel parameter", name_)};
    if (present_ && !args_.has("value"))
      return error{errc::missing_argument,
                   "state 'present' needs the value of the parameter"};
    if (!is_one_line(value_))
      return error{errc::invalid_argument,
                   "a value cannot hold a line end or a NUL byte"};
    return {};
  }

  /// The file as it shall be; notes what it says of the parameter now. Of
  /// several lines for one parameter only the first stays, as in Ansible.
  std::string edited(const std::string& before) {
    std::string out;
    std::set<std::string> seen;
    auto entry = fmt::format("{}={}\n", name_, value_);
    for (auto& line : whole_lines(before)) {
      auto parsed = parse_parameter(line);
      if (!parsed) {
        out += line;
        continue;
      }
      // The last line is what counts for the kernel.
      if (parsed->name == name_)
        kept_ = parsed->content;
      if (!seen.insert(parsed->name).second)
        continue;
      if (parsed->name != name_)
        out += fmt::format("{}={}\n", parsed->name, parsed->content);
      else if (present_)
        out += entry;
    }
    if (!seen.contains(name_) && present_)
      out += (out.empty() || out.ends_with("\n") ? "" : "\n") + entry;
    return out;
  }

  result<void> run_program(std::vector<std::string> words) const {
    if (ctx_.check_mode)
      return {};
    auto tool = find_tool("sysctl", ctx_);
    if (!tool)
      return tool.why();
    std::vector<std::string> argv{*tool};
    if (args_.flag("ignoreerrors"))
      argv.push_back("-e");
    argv.insert(argv.end(), words.begin(), words.end());
    ctx_.changing("kernel parameter " + name_);
    auto said = tool_output(std::move(argv), ctx_);
    return said ? result<void>{} : result<void>{said.why()};
  }

  result<void> set() const {
    return run_program({"-w", fmt::format("{}={}", name_, value_)});
  }

  result<void> reload(const std::string& path) const {
    return run_program({"-p", path});
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string name_;
  bool present_;
  std::string value_;
  /// What the file says now.
  std::optional<std::string> kept_;
};

class sysctl final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "sysctl",
      .summary = "Sets parameters of the kernel, now and for its next start.",
      .arguments
      = {{.name = "name",
          .summary = "The parameter, with dots or slashes.",
          .required = true,
          .aliases = {"key"}},
         {.name = "value",
          .summary = "Its value; words for bools are 1 and 0.",
          .aliases = {"val"}},
         {.name = "state",
          .summary = "Whether it shall be in the file.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "sysctl_file",
          .type = arg_type::path,
          .summary = "The file.",
          .fallback = "/etc/sysctl.conf"},
         {.name = "reload",
          .type = arg_type::boolean,
          .summary = "Let the kernel take all of the file when something is "
                     "different.",
          .fallback = true},
         {.name = "sysctl_set",
          .type = arg_type::boolean,
          .summary = "Look what the kernel has, and set it if that differs.",
          .fallback = false},
         {.name = "ignoreerrors",
          .type = arg_type::boolean,
          .summary = "Pass over parameters that the kernel does not know.",
          .fallback = false}},
      .lock = "sysctl",
      .resource = {"kernel parameter", {"name"}},
      .example
      = R"({"sysctl": {"name": "vm.swappiness", "value": "5", "sysctl_set": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return sysctl_work{args, ctx}.run();
  }
};

const register_module sysctl_registration{std::make_shared<sysctl>()};

} // namespace

} // namespace troupe
