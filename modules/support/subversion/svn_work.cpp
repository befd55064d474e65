#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"
#include "modules/support/subversion/svn_tool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

constexpr std::string_view revision_line = "Revision: ";

int64_t number_of(const std::string& line) {
  int64_t out = 0;
  auto* begin = line.data() + std::min(revision_line.size(), line.size());
  std::from_chars(begin, line.data() + line.size(), out);
  return out;
}

/// Whether what svn printed tells of a file that it has changed.
bool tells_change(const svn_tool::words& lines) {
  constexpr std::string_view marks = "ABDUCGE";
  return std::any_of(lines.begin(), lines.end(), [&](auto& line) {
    return line.size() > 1 && marks.find(line[0]) != marks.npos
           && line[1] == ' ';
  });
}

/// One task of `subversion`.
class svn_work {
public:
  svn_work(const arguments& args, const module_context& ctx,
           const svn_tool& svn)
      : args_{args}, ctx_{ctx}, svn_{svn}, repo_{args.text("repo")},
        dest_{path_argument(args, "dest", ctx)}, revision_{
                                                   args.text("revision")} {
  }

  module_result run() {
    auto done = act();
    if (done)
      return std::move(out_);
    auto failed = module_result::failure(done.why());
    failed.data = std::move(out_.data);
    failed.changed = out_.changed;
    return failed;
  }

private:
  result<void> act() {
    if (auto fine = check(); !fine)
      return fine;
    auto exports = args_.flag("export");
    if (!exports && !args_.flag("update") && !args_.flag("checkout"))
      return look();
    auto there = ctx_.machine.files().status(dest_, true);
    if (!there)
      return there.why();
    if (exports || !*there)
      return make(exports);
    auto known = svn_.run({"info", dest_});
    if (!known)
      return known.why();
    if (known->rc == 0)
      return args_.flag("update") ? update() : result<void>{};
    if (!args_.flag("in_place"))
      return error{errc::invalid_argument,
                   fmt::format("'{}' is there and is no working copy of "
                               "subversion (in_place makes it one)",
                               dest_)};
    return put_over();
  }

  result<void> check() const {
    for (auto name : {"repo", "dest", "revision", "username"})
      if (auto text = args_.text(name);
          text.starts_with("-") || !is_one_line(text))
        return error{
          errc::invalid_argument,
          fmt::format("'{}' cannot be '{}' of a repository", text, name)};
    auto needed
      = args_.flag("checkout") || args_.flag("update") || args_.flag("export");
    if (dest_.empty() && needed)
      return error{errc::missing_argument,
                   "dest is missing: only without checkout, update and export "
                   "there is none"};
    return {};
  }

  /// Only what the newest revision of the repository is.
  result<void> look() {
    auto line = svn_.info({repo_}, revision_line);
    if (!line)
      return line.why();
    out_.data.set("after", value::from_host(*std::move(line)));
    return {};
  }

  /// Where nothing is yet, and for each export.
  result<void> make(bool exports) {
    if (!exports && !args_.flag("checkout"))
      return {};
    if (ctx_.check_mode)
      return foreseen();
    ctx_.changing(dest_);
    svn_tool::words argv{exports ? "export" : "checkout"};
    if (exports && args_.flag("force"))
      argv.emplace_back("--force");
    argv.insert(argv.end(), {"-r", revision_, repo_, dest_});
    if (auto done = svn_.lines(argv); !done)
      return done.why();
    out_.changed = true;
    if (exports)
      return {};
    out_.data.set("before", value{});
    return note("after");
  }

  result<void> foreseen() {
    out_.changed = true;
    ctx_.doubt();
    if (ctx_.predicted) {
      ctx_.predicted->claim(dest_);
      ctx_.predicted->expect_folder(dest_);
    }
    foresee(ctx_, effect::made, dest_);
    return {};
  }

  result<void> put_over() {
    if (ctx_.check_mode)
      return foreseen();
    ctx_.changing(dest_);
    auto done
      = svn_.lines({"checkout", "--force", "-r", revision_, repo_, dest_});
    if (!done)
      return done.why();
    out_.changed = true;
    auto own = has_changes();
    if (!own)
      return own.why();
    if (*own && args_.flag("force"))
      if (auto back = svn_.lines({"revert", "-R", dest_}); !back)
        return back.why();
    out_.data.set("before", value{});
    return note("after");
  }

  result<void> update() {
    auto own = has_changes();
    if (!own)
      return own.why();
    if (ctx_.check_mode) {
      if (auto fine = may_change(*own); !fine)
        return fine;
      return predict_update();
    }
    if (auto done = note("before"); !done)
      return done;
    ctx_.changing(dest_);
    // It decides whose changes are thrown away, so it goes first.
    if (args_.flag("switch"))
      if (auto done = apply({"switch", "--revision", revision_, repo_, dest_});
          !done)
        return done;
    if (auto fine = may_change(*own); !fine)
      return fine;
    if (*own) {
      out_.changed = true;
      if (auto done = svn_.lines({"revert", "-R", dest_}); !done)
        return done.why();
    }
    if (auto done = apply({"update", "-r", revision_, dest_}); !done)
      return done;
    return note("after");
  }

  result<void> may_change(bool has_own) const {
    if (!has_own || args_.flag("force"))
      return {};
    return error{errc::invalid_argument,
                 fmt::format("'{}' has changes of its own, and force is not "
                             "set",
                             dest_)};
  }

  result<void> predict_update() {
    auto now = svn_.info({dest_}, revision_line);
    if (!now)
      return now.why();
    auto then = svn_.info({"-r", revision_, dest_}, revision_line);
    if (!then)
      return then.why();
    out_.changed = number_of(*now) < number_of(*then);
    if (out_.changed)
      ctx_.doubt();
    out_.data.set("before", value::from_host(*std::move(now)));
    out_.data.set("after", value::from_host(*std::move(then)));
    return {};
  }

  result<void> apply(const svn_tool::words& argv) {
    auto said = svn_.lines(argv);
    if (!said)
      return said.why();
    out_.changed = out_.changed || tells_change(*said);
    return {};
  }

  /// Files that are not under version control do not count.
  result<bool> has_changes() const {
    auto said = svn_.lines({"status", "--quiet", "--ignore-externals", dest_});
    if (!said)
      return said.why();
    return std::any_of(said->begin(), said->end(), [](auto& line) {
      return !line.empty() && line[0] != '?' && line[0] != 'X';
    });
  }

  result<void> note(const char* key) {
    list both;
    for (auto begin : {revision_line, std::string_view{"URL: "}}) {
      auto line = svn_.info({dest_}, begin);
      if (!line)
        return line.why();
      both.push_back(value::from_host(*std::move(line)));
    }
    out_.data.set(key, std::move(both));
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  const svn_tool& svn_;
  std::string repo_;
  std::string dest_;
  std::string revision_;
  module_result out_;
};

} // namespace

module_result run_subversion(const arguments& args, const module_context& ctx) {
  auto svn = svn_tool::find(args, ctx);
  if (!svn)
    return module_result::failure(svn.why());
  return svn_work{args, ctx, *svn}.run();
}

} // namespace troupe
