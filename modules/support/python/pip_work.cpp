#include "modules/support/python/pip_work.hpp"

#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"
#include "modules/support/python/pip_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

using pip_words = std::vector<std::string>;

/// One task of `pip`.
class pip_work {
public:
  pip_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, state_{args.text("state")},
        place_{path_argument(args, "virtualenv", ctx)} {
    terms_.folder = path_argument(args, "chdir", ctx);
    if (terms_.folder.empty())
      terms_.folder = ctx.temporary_directory;
    else if (!place_.empty())
      place_ = place_.starts_with("/") ? place_ : joined(terms_.folder, place_);
    terms_.umask = args.text("umask");
  }

  module_result run() {
    auto done = check();
    if (done)
      done = act();
    if (done)
      return std::move(out_);
    auto failed = module_result::failure(done.why());
    failed.data = std::move(out_.data);
    return failed;
  }

private:
  result<void> check() {
    if (auto fine = check_umask(terms_.umask); !fine)
      return fine;
    auto version = args_.text("version");
    if (state_ == "latest" && !version.empty())
      return error{errc::invalid_argument,
                   "version is incompatible with state=latest"};
    wanted_ = parse_pip_names(args_.texts("name"));
    for (auto& each : wanted_)
      if (each.written.starts_with("-"))
        return error{errc::invalid_argument,
                     fmt::format("'{}' cannot be the name of a package: "
                                 "options belong into extra_args",
                                 each.written)};
    if (version.empty())
      return {};
    if (wanted_.size() != 1 || !wanted_[0].versions.empty())
      return error{errc::invalid_argument,
                   "'version' is for one package whose name says none"};
    auto digit = version[0] >= '0' && version[0] <= '9';
    wanted_
      = parse_pip_names({wanted_[0].written + (digit ? "==" : "") + version});
    return {};
  }

  bool is_there(const std::string& path) const {
    return ctx_.machine.files().access(path, "");
  }

  result<void> act() {
    auto created = false;
    if (!place_.empty() && !is_there(place_ + "/bin/activate")) {
      created = true;
      if (ctx_.check_mode)
        return predict_place();
      if (auto made = make_place(); !made)
        return made;
    }
    auto pip = find_pip();
    if (!pip)
      return pip.why();
    auto extra = extra_words();
    if (!extra)
      return extra.why();
    if (ctx_.check_mode)
      return predict(*pip, !extra->empty());
    auto argv = command(*pip, *extra);
    if (argv.empty()) {
      out_.warnings.push_back("No valid name or requirements file found.");
      return {};
    }
    return install(*pip, std::move(argv), created);
  }

  result<void> predict_place() {
    out_.changed = true;
    // One that would have been made may have it all.
    if (ctx_.predicted && ctx_.predicted->is_vague(place_))
      ctx_.predicted->miss();
    ctx_.doubt();
    if (ctx_.predicted) {
      ctx_.predicted->claim(place_);
      ctx_.predicted->expect_folder(place_);
    }
    return {};
  }

  result<void> make_place() {
    auto line = args_.text("virtualenv_command");
    auto words = split_command(line);
    if (!words || words->empty())
      return error{errc::invalid_argument,
                   fmt::format("'{}' is no command", line)};
    auto argv = *std::move(words);
    auto own_python = line.find("pyvenv") != std::string::npos
                      || line.find("-m venv") != std::string::npos;
    if (args_.has("virtualenv_python") && own_python)
      return error{errc::invalid_argument,
                   "virtualenv_python should not be used when using the venv "
                   "module or pyvenv as virtualenv_command"};
    if (args_.flag("virtualenv_site_packages"))
      argv.push_back("--system-site-packages");
    if (!own_python) {
      auto python = args_.text("virtualenv_python");
      auto found = python.empty() ? find_tool("python3", ctx_)
                                  : result<std::string>{python};
      if (found)
        argv.push_back("-p" + *found);
    }
    argv.push_back(place_);
    if (argv[0].find('/') == std::string::npos) {
      auto tool = find_tool(argv[0], ctx_);
      if (!tool)
        return tool.why();
      argv[0] = *tool;
    }
    ctx_.changing("Python environment " + place_);
    auto said = tool_output(std::move(argv), ctx_, terms_);
    if (said)
      stdout_ = *said;
    return said ? result<void>{} : result<void>{said.why()};
  }

  result<pip_words> find_pip() {
    auto given = path_argument(args_, "executable", ctx_);
    if (!place_.empty()) {
      auto path = environment_entry("PATH", ctx_).value_or("/usr/bin:/bin");
      terms_.environment = {{"PATH", place_ + "/bin:" + path}};
      for (auto name : {"pip3", "pip"})
        if (auto program = joined(place_ + "/bin", name); is_there(program))
          return pip_words{program};
      return error{
        errc::not_found,
        fmt::format("Unable to find pip in the virtualenv, {}", place_)};
    }
    if (given.starts_with("/"))
      return pip_words{given};
    if (auto found = find_tool(given.empty() ? "pip3" : given, ctx_))
      return pip_words{*found};
    // The library may be there without a program of its own.
    if (auto python = find_tool("python3", ctx_); python && given.empty()) {
      auto tried = run_tool({*python, "-m", "pip", "--version"}, ctx_);
      if (tried && tried->rc == 0)
        return pip_words{*python, "-m", "pip"};
    }
    return error{errc::unsupported,
                 fmt::format("Unable to find {}: pip needs to be installed",
                             given.empty() ? "pip3" : given)};
  }

  result<pip_words> extra_words() const {
    auto words = split_command(args_.text("extra_args"));
    if (words && args_.flag("editable")
        && std::find(words->begin(), words->end(), "-e") == words->end())
      words->push_back("-e");
    return words;
  }

  pip_words command(const pip_words& pip, const pip_words& extra) const {
    if (wanted_.empty() && !args_.has("requirements"))
      return {};
    auto out = pip;
    auto add = [&](std::initializer_list<std::string> more) {
      out.insert(out.end(), more);
    };
    if (state_ == "absent")
      add({"uninstall", "-y"});
    else if (state_ == "present")
      add({"install"});
    else if (state_ == "latest")
      add({"install", "-U"});
    else
      add({"install", "-U", "--force-reinstall"});
    out.insert(out.end(), extra.begin(), extra.end());
    for (auto& each : wanted_)
      add({each.written});
    if (args_.has("requirements"))
      add({"-r", args_.text("requirements")});
    return out;
  }

  result<std::string> packages(pip_words argv) const {
    argv.insert(argv.end(), {"list", "--format=freeze"});
    return tool_output(std::move(argv), ctx_, terms_);
  }

  result<void> predict(const pip_words& pip, bool extra) {
    out_.changed = true;
    ctx_.doubt();
    if (extra || args_.has("requirements") || state_ == "latest"
        || wanted_.empty())
      return {};
    auto listed = packages(pip);
    if (!listed)
      return listed.why();
    out_.changed = std::any_of(
      wanted_.begin(), wanted_.end(), [&](const pip_requirement& each) {
        return has_requirement(*listed, each) == (state_ == "absent");
      });
    if (state_ == "forcereinstall")
      out_.changed = false;
    return {};
  }

  result<void> install(const pip_words& pip, pip_words argv, bool created) {
    // What an address brings only the list of packages tells.
    auto by_list = args_.has("requirements")
                   || std::any_of(wanted_.begin(), wanted_.end(),
                                  [](auto& each) { return each.is_address(); });
    auto before = by_list ? packages(pip) : result<std::string>{std::string{}};
    list shown;
    for (auto& word : argv)
      shown.push_back(word);
    out_.data.set("cmd", std::move(shown));
    ctx_.changing("packages of Python");
    auto ended = run_tool(std::move(argv), ctx_, terms_);
    if (!ended)
      return ended.why();
    auto& text = ended->out.bytes;
    auto absent = state_ == "absent";
    auto was_not_there
      = absent && ended->rc == 1
        && (text + ended->err.bytes).find("not installed") != std::string::npos;
    if (ended->rc != 0 && !was_not_there)
      return error{
        errc::command_failed,
        fmt::format("pip returned {}: {}", ended->rc, tool_words(*ended))};
    auto mark = absent ? "Successfully uninstalled" : "Successfully installed";
    out_.changed = created || text.find(mark) != std::string::npos;
    if (by_list && !absent) {
      auto after = packages(pip);
      out_.changed = created || !before || !after || *before != *after;
    }
    report(stdout_ + text, ended->err.bytes);
    return {};
  }

  void report(const std::string& out, const std::string& err) {
    auto& data = out_.data;
    data.set("name", args_.has("name") ? *args_.find("name") : value{});
    for (auto name : {"version", "requirements"})
      data.set(name, args_.has(name) ? *args_.find(name) : value{});
    data.set("state", state_);
    data.set("virtualenv", place_.empty() ? value{} : value{place_});
    data.set("stdout", value::from_host(out));
    data.set("stdout_lines", lines_of(out));
    data.set("stderr", value::from_host(err));
    data.set("stderr_lines", lines_of(err));
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string state_;
  /// The environment; empty: that of the host.
  std::string place_;
  tool_terms terms_;
  std::vector<pip_requirement> wanted_;
  std::string stdout_;
  module_result out_;
};

} // namespace

module_result run_pip(const arguments& args, const module_context& ctx) {
  return pip_work{args, ctx}.run();
}

} // namespace troupe
