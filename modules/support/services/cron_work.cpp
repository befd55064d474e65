#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"
#include "modules/support/services/crontab.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* time_fields[]
  = {"minute", "hour", "day", "month", "weekday"};

std::string without_line_ends(const std::string& text) {
  auto begin = std::min(text.find_first_not_of("\r\n"), text.size());
  return text.substr(begin, text.find_last_not_of("\r\n") + 1 - begin);
}

/// One task of `cron`.
class cron_work {
public:
  cron_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, name_{args.text("name")}, file_{path_argument(
                                                            args, "cron_file",
                                                            ctx)} {
    if (!file_.empty())
      file_ = file_.starts_with("/") ? file_ : joined("/etc/cron.d", file_);
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto text = read();
    if (!text)
      return module_result::failure(text.why());
    auto table = file_.empty() ? crontab::of_user(*text) : crontab{*text};
    auto changed = change(table);
    if (!changed)
      return module_result::failure(changed.why());
    // The last line has to end, even if nothing else is wrong.
    auto& before = table.before();
    out_.changed
      = *changed
        || (!before.empty() && before.back() != '\n' && before.back() != '\r');
    if (is_emptied(table, *changed))
      return remove_file(before);
    report(table);
    if (out_.changed)
      if (auto done = install(table); !done)
        return module_result::failure(done.why());
    return std::move(out_);
  }

private:
  bool wants_it() const {
    return args_.text("state") == "present";
  }

  bool is_variable() const {
    return args_.flag("env");
  }

  result<void> check() {
    auto wrong = [](const char* words) {
      return error{errc::invalid_argument, words};
    };
    for (auto field :
         {"name", "user", "cron_file", "insertafter", "insertbefore", "minute",
          "hour", "day", "month", "weekday"})
      if (!is_one_line(args_.text(field)))
        return error{
          errc::invalid_argument,
          fmt::format("'{}' cannot hold a line end or a NUL byte", field)};
    if (args_.text("job").find('\0') != std::string::npos)
      return wrong("'job' cannot hold a NUL byte");
    if (file_ == "/etc/crontab")
      return wrong("Will not manage /etc/crontab via cron_file, see "
                   "documentation.");
    auto all_days = [&](const char* name) { return args_.text(name) == "*"; };
    if (args_.has("special_time")
        && !std::all_of(std::begin(time_fields), std::end(time_fields),
                        all_days))
      return wrong("You must specify time and date fields or special time.");
    if (is_variable() && name_.find(' ') != std::string::npos)
      return wrong("Invalid name for environment variable");
    warn_of_file();
    return wants_it() ? check_new() : result<void>{};
  }

  result<void> check_new() {
    if (!file_.empty() && !args_.has("user"))
      return error{errc::missing_argument,
                   "To use cron_file=... parameter you must specify user=... "
                   "as well"};
    if (!args_.has("job"))
      return error{errc::missing_argument,
                   "You must specify 'job' to install a new cron job or "
                   "variable"};
    if ((args_.has("insertafter") || args_.has("insertbefore"))
        && !is_variable())
      return error{errc::invalid_argument,
                   "Insertafter and insertbefore parameters are valid only "
                   "with env=yes"};
    if (!is_variable()
        && without_line_ends(args_.text("job")).find_first_of("\r\n")
             != std::string::npos)
      out_.warnings.push_back("Job should not contain line breaks");
    return {};
  }

  /// cron passes over files with other names.
  void warn_of_file() {
    auto name = base_name(file_);
    constexpr std::string_view letters
      = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (!file_.empty() && name.find_first_not_of(letters) != std::string::npos)
      out_.warnings.push_back(fmt::format(
        "Filename portion of cron_file (\"{}\") should consist solely of "
        "upper- and lower-case letters, digits, underscores, and hyphens",
        name));
  }

  /// crontab(1) for the user that is meant.
  result<std::vector<std::string>> program() const {
    auto tool = find_tool("crontab", ctx_);
    if (!tool)
      return tool.why();
    std::vector<std::string> out{*tool};
    auto user = args_.text("user");
    auto& accounts = ctx_.machine.accounts();
    auto self = accounts.user(accounts.effective_uid());
    if (!user.empty() && (!self || self->name != user))
      out.insert(out.end(), {"-u", user});
    return out;
  }

  result<std::string> read() const {
    if (!file_.empty()) {
      auto there = ctx_.machine.files().status(file_, true);
      if (!there)
        return there.why();
      return *there ? ctx_.machine.files().read(file_, size_t{16} << 20)
                    : result<std::string>{std::string{}};
    }
    auto argv = program();
    if (!argv)
      return argv.why();
    argv->push_back("-l");
    auto ended = run_tool(*std::move(argv), ctx_);
    if (!ended)
      return ended.why();
    // 1 can mean that there are no jobs.
    if (ended->rc != 0 && ended->rc != 1)
      return error{errc::command_failed,
                   "Unable to read crontab: " + tool_words(*ended)};
    return ended->out.bytes;
  }

  std::string line() const {
    std::string out = args_.flag("disabled") ? "#" : "";
    if (args_.has("special_time"))
      out += "@" + args_.text("special_time");
    else
      for (auto field : time_fields)
        out += (field == time_fields[0] ? "" : " ") + args_.text(field);
    if (!file_.empty())
      out += " " + args_.text("user");
    return out + " " + without_line_ends(args_.text("job"));
  }

  result<bool> change(crontab& table) const {
    if (!is_variable())
      return wants_it() ? table.set_job(name_, line())
                        : table.remove_job(name_);
    if (!wants_it())
      return table.remove_variable(name_);
    auto behind = args_.has("insertafter");
    return table.set_variable(
      name_, fmt::format("{}=\"{}\"", name_, args_.text("job")),
      args_.text(behind ? "insertafter" : "insertbefore"), behind);
  }

  /// A file whose last job is gone goes as well.
  bool is_emptied(const crontab& table, bool changed) const {
    return changed && !wants_it() && !is_variable() && !file_.empty()
           && table.is_empty();
  }

  std::string header() const {
    if (!file_.empty())
      return file_;
    auto user = args_.text("user");
    return user.empty() ? "crontab"
                        : fmt::format("crontab for user \"{}\"", user);
  }

  module_result remove_file(const std::string& before) {
    if (auto saved = back_up(before); !saved)
      return module_result::failure(saved.why());
    if (auto gone = ctx_.machine.files().remove(file_); !gone)
      return module_result::failure(gone.why());
    foresee(ctx_, effect::removed, file_, "file");
    out_.data.set("cron_file", args_.text("cron_file"));
    out_.data.set("state", args_.text("state"));
    if (ctx_.diff_mode)
      out_.diff = dict{{"before", value::from_host(before)},
                       {"before_header", header()},
                       {"after", ""},
                       {"after_header", "/dev/null"}};
    return std::move(out_);
  }

  void report(const crontab& table) {
    auto shown = [](const std::vector<std::string>& names) {
      list out;
      for (auto& name : names)
        out.push_back(value::from_host(name));
      return out;
    };
    out_.data.set("jobs", shown(table.jobs()));
    out_.data.set("envs", shown(table.variables()));
    if (!file_.empty())
      out_.data.set("cron_file", args_.text("cron_file"));
    if (out_.changed && ctx_.diff_mode)
      out_.diff = dict{{"before", value::from_host(table.before())},
                       {"before_header", header()},
                       {"after", value::from_host(table.text())},
                       {"after_header", header()}};
  }

  result<void> back_up(const std::string& before) {
    if (!args_.flag("backup") || ctx_.check_mode)
      return {};
    auto& files = ctx_.machine.files();
    auto path = files.unused_beside("/tmp/crontab");
    if (auto done = files.replace(path, crontab{before}.text(), {.mode = 0600});
        !done)
      return done;
    out_.data.set("backup_file", path);
    return {};
  }

  result<void> install(const crontab& table) {
    if (auto saved = back_up(table.before()); !saved)
      return saved;
    if (!file_.empty())
      return install_file(table);
    foresee(ctx_, effect::changed,
            args_.has("user") ? args_.text("user") : "own", "crontab");
    if (ctx_.check_mode)
      return {};
    auto argv = program();
    if (!argv)
      return argv.why();
    argv->push_back("-");
    ctx_.changing(header());
    auto said = tool_output(*std::move(argv), ctx_, {.input = table.text()});
    return said ? result<void>{} : result<void>{said.why()};
  }

  result<void> install_file(const crontab& table) const {
    auto path = end_of_links(file_, ctx_);
    if (!path)
      return path.why();
    auto& files = ctx_.machine.files();
    auto there = files.status(*path, false);
    if (!there)
      return there.why();
    foresee(ctx_, *there ? effect::changed : effect::made, file_, "file");
    file_attributes wanted;
    // What others may write runs as whom they like.
    if (!*there)
      wanted.mode = 0666 & ~(files.umask() | 022);
    return files.replace(*path, table.text(), wanted);
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string name_;
  std::string file_;
  module_result out_;
};

} // namespace

module_result run_cron(const arguments& args, const module_context& ctx) {
  return cron_work{args, ctx}.run();
}

} // namespace troupe
