#include "modules/module.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace troupe {

namespace {

/// A limit: a number, or absent for none at all.
struct limit_value {
  bool is_known = false;
  std::optional<int64_t> number;
};

limit_value parse_limit(const std::string& text) {
  if (text == "unlimited" || text == "infinity" || text == "-1")
    return {true, std::nullopt};
  int64_t number = 0;
  auto end = text.data() + text.size();
  auto [at, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc{} || at != end)
    return {};
  return {true, number};
}

/// Whether the first one lets more be used.
bool is_more(const limit_value& x, const limit_value& y) {
  if (!x.number || !y.number)
    return !x.number && y.number;
  return *x.number > *y.number;
}

/// One task of `pam_limits`.
class limits_work {
public:
  limits_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, item_{args.text("limit_item")}, value_{
                                                                  args.text(
                                                                    "value")} {
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto edit = begin_edit(path_argument(args_, "dest", ctx_), ctx_);
    if (!edit)
      return module_result::failure(edit.why());
    auto after = edited(edit->before);
    module_result out;
    if (args_.flag("backup") && after != edit->before && edit->is_there
        && !ctx_.check_mode) {
      auto saved = make_backup(edit->path, ctx_);
      if (!saved)
        return module_result::failure(saved.why());
      out.data.set("backup_file", *saved);
    }
    if (auto done = end_edit(*edit, after, ctx_, out); !done)
      return module_result::failure(done.why());
    out.msg = line();
    return out;
  }

private:
  result<void> check() const {
    auto domain = args_.text("domain");
    if (words_in(domain) != std::vector<std::string>{domain}
        || !is_one_line(domain) || domain[0] == '#')
      return error{errc::invalid_argument,
                   fmt::format("'{}' cannot be the domain of a limit", domain)};
    if (!is_one_line(args_.text("comment")))
      return error{errc::invalid_argument, "'comment' cannot hold a line end"};
    if (args_.flag("use_max") && args_.flag("use_min"))
      return error{errc::invalid_argument,
                   "Cannot use use_min and use_max at the same time."};
    auto limit = parse_limit(value_);
    auto fits = item_ == "nice" || item_ == "priority"
                  ? limit.is_known && limit.number
                  : limit.is_known && (!limit.number || *limit.number >= 0);
    if (fits)
      return {};
    return error{errc::invalid_argument,
                 fmt::format("'{}' cannot be the value of '{}': it is "
                             "'unlimited', 'infinity' or a number that fits",
                             value_, item_)};
  }

  /// The line without its end.
  std::string line() const {
    auto comment = args_.text("comment");
    return fmt::format("{}\t{}\t{}\t{}{}", args_.text("domain"),
                       args_.text("limit_type"), item_, value_,
                       comment.empty() ? "" : "\t#" + comment);
  }

  std::string edited(const std::string& before) {
    std::string out;
    auto found = false;
    for (auto& each : whole_lines(before)) {
      auto plain = each.substr(0, each.find('#'));
      auto words = words_in(plain);
      if (words.size() != 4 || words[0] != args_.text("domain")
          || words[1] != args_.text("limit_type") || words[2] != item_) {
        out += each;
        continue;
      }
      // What follows another one for the same limit is one too many.
      if (found)
        continue;
      found = true;
      keep_bound(words[3]);
      out
        += words[3] == value_ && !changes_comment(each) ? each : line() + "\n";
    }
    if (found)
      return out;
    if (!out.empty() && !out.ends_with("\n"))
      out += '\n';
    return out + line() + "\n";
  }

  bool changes_comment(const std::string& line) const {
    if (args_.text("comment").empty())
      return false;
    auto at = line.find('#');
    return at == std::string::npos
           || trimmed_text(line.substr(at + 1)) != args_.text("comment");
  }

  /// The greater or the smaller one of both stays, if that is asked for.
  void keep_bound(const std::string& present) {
    auto wanted = parse_limit(value_);
    auto now = parse_limit(present);
    if (!now.is_known)
      return;
    if ((args_.flag("use_max") && is_more(now, wanted))
        || (args_.flag("use_min") && is_more(wanted, now)))
      value_ = present;
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string item_;
  std::string value_;
};

argument limit_flag(std::string_view name, std::string_view summary) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = false};
}

class pam_limits final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "pam_limits",
      .summary = "Sets limits of what users may use.",
      .arguments
      = {{.name = "domain",
          .summary = "A user, `@GROUP`, `*`, a range of numbers.",
          .required = true},
         {.name = "limit_type",
          .summary = "`-` is both.",
          .required = true,
          .choices = {"hard", "soft", "-"}},
         {.name = "limit_item",
          .summary = "What is limited.",
          .required = true,
          .choices
          = {"core", "data", "fsize", "memlock", "nofile", "rss", "stack",
             "cpu", "nproc", "as", "maxlogins", "maxsyslogins", "priority",
             "locks", "sigpending", "msgqueue", "nice", "rtprio", "chroot"}},
         {.name = "value",
          .summary = "`unlimited`, `infinity`, `-1` or a number.",
          .required = true},
         limit_flag("use_max", "Keep a greater one."),
         limit_flag("use_min", "Keep a smaller one."),
         limit_flag("backup", "Keep the file as it was under a name with the "
                              "time."),
         {.name = "dest",
          .type = arg_type::path,
          .summary = "The file.",
          .fallback = "/etc/security/limits.conf"},
         {.name = "comment", .summary = "A remark.", .fallback = ""}},
      .aliases = {"community.general.pam_limits"},
      .lock = "pam_limits",
      .resource = {"limit of", {"domain"}},
      .example
      = R"({"pam_limits": {"domain": "app", "limit_type": "soft", "limit_item": "nofile", "value": "64000"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return limits_work{args, ctx}.run();
  }
};

const register_module pam_limits_registration{std::make_shared<pam_limits>()};

} // namespace

} // namespace troupe
