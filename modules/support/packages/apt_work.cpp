#include "modules/support/packages/apt_work.hpp"

#include "config/value/excerpt.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/packages/apt_commands.hpp"
#include "modules/support/packages/apt_marks.hpp"
#include "modules/support/packages/apt_query.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

/// One task of `apt`, step by step in the order in which Ansible takes them:
/// lists, upgrade, .deb file, packages, cleaning.
class apt_work {
public:
  apt_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, tool_{apt_tool(args, ctx)} {
  }

  module_result run() {
    service_policy policy{args_, ctx_};
    if (!policy.state())
      return module_result::failure(policy.state().why());
    auto refreshed = refresh_lists(args_, tool_, out_, ctx_);
    if (!refreshed)
      return module_result::failure(refreshed.why());
    if (args_.text("upgrade") != "no" && !upgrade())
      return std::move(out_);
    if (args_.has("deb") && !install_file())
      return std::move(out_);
    auto names = package_names(args_);
    if (names == std::vector<std::string>{"*"}) {
      if (args_.text("state") != "latest")
        return module_result::failure(errc::invalid_argument,
                                      "the name '*' needs the state 'latest'");
      command({"upgrade", "--with-new-pkgs"}, "upgrade all packages");
      return std::move(out_);
    }
    auto acts = !names.empty() || args_.text("state") == "fixed";
    if (acts && !packages(names))
      return std::move(out_);
    if (!clean(acts))
      return std::move(out_);
    // Fresh lists are a change only when nothing else was asked for.
    if (!acts && !args_.has("deb") && args_.text("upgrade") == "no")
      out_.changed = out_.changed || *refreshed;
    return std::move(out_);
  }

private:
  static bool is_idle(const std::string& text) {
    return text.find("0 upgraded, 0 newly installed, 0 to remove")
             != std::string::npos
           && text.find("not fully installed or removed") == std::string::npos;
  }

  /// Runs apt-get, in check mode as a simulation. False after a failure.
  bool command(std::vector<std::string> words, const std::string& what) {
    if (ctx_.check_mode)
      words.insert(words.begin(), "--simulate");
    else
      ctx_.changing(what);
    auto ended = tool_.run(apt_command(args_, std::move(words)));
    if (!ended)
      return fail(ended.why());
    auto result
      = package_result(*ended, what,
                       {"Unable to locate package",
                        "has no installation candidate", "was not found"});
    for (auto& [key, x] : result.data)
      out_.data.set(key, x);
    if (ctx_.diff_mode)
      out_.diff
        = dict{{"prepared", value::from_host(changes_in(ended->out.bytes))}};
    if (result.failed) {
      out_.failed = true;
      out_.timed_out = result.timed_out;
      out_.cancelled = result.cancelled;
      out_.why = result.why;
      out_.msg = std::move(result.msg);
      return false;
    }
    auto changes = !is_idle(ended->out.bytes);
    out_.changed = out_.changed || changes;
    if (changes)
      ctx_.doubt();
    return true;
  }

  /// The part of apt's output that lists what is installed and removed.
  static std::string changes_in(const std::string& text) {
    auto begin = text.find("The following");
    auto end = text.find(" not upgraded.");
    if (begin == std::string::npos || end == std::string::npos || end < begin)
      return {};
    return text.substr(begin, text.find('\n', end) - begin + 1);
  }

  bool fail(const error& why) {
    auto failed = module_result::failure(why);
    failed.data = std::move(out_.data);
    failed.changed = out_.changed;
    out_ = std::move(failed);
    return false;
  }

  bool upgrade() {
    auto kind = args_.text("upgrade");
    if (kind == "dist" || kind == "full")
      return command({"dist-upgrade"}, "upgrade the distribution");
    return command({"upgrade", "--with-new-pkgs"}, "upgrade the packages");
  }

  bool install_file() {
    auto path = path_argument(args_, "deb", ctx_);
    if (path.find("://") != std::string::npos)
      return fail({errc::unsupported,
                   fmt::format("'{}' is an address; fetch the file first and "
                               "name its path",
                               path)});
    auto found = find_source(path, "files", ctx_);
    if (!found)
      return fail(found.why());
    auto fields = tool_.run({"dpkg-deb", "--show", "--showformat",
                             "${Package}\\t${Version}", *found});
    if (!fields)
      return fail(fields.why());
    auto parts = split_text(fields->out.bytes, '\t');
    if (fields->rc != 0 || parts.size() != 2)
      return fail(
        {errc::invalid_argument, fmt::format("'{}' is no Debian package: {}",
                                             *found, fields->err.bytes)});
    auto have = query_dpkg(tool_, {parts[0]}, ctx_);
    if (!have)
      return fail(have.why());
    auto& status = (*have)[parts[0]];
    if (status.installed && status.version == parts[1])
      return true;
    // apt takes a file for a name unless it sees a slash.
    auto real = ctx_.machine.files().real_path(*found);
    if (!real)
      return fail(real.why());
    return command({"install", *real}, fmt::format("install '{}'", path));
  }

  bool packages(const std::vector<std::string>& names) {
    auto state = plain_state(args_.text("state"));
    if (state == "build-dep")
      return with_names({"build-dep"}, names, "install what builds");
    if (state == "fixed")
      return with_names({"--fix-broken", "install"}, names, "mend packages");
    return state == "absent" ? remove(names) : install(names, state);
  }

  bool with_names(std::vector<std::string> words,
                  const std::vector<std::string>& names,
                  const std::string& what) {
    words.insert(words.end(), names.begin(), names.end());
    return command(std::move(words),
                   fmt::format("{} {}", what, fmt::join(names, ", ")));
  }

  bool remove(const std::vector<std::string>& names) {
    auto known = query(names);
    if (!known)
      return fail(known.why());
    std::vector<std::string> there;
    for (auto& [name, status] : *known)
      if (status.installed || (args_.flag("purge") && status.leftover))
        there.push_back(name);
    pass_over_predicted(there);
    if (there.empty())
      return true;
    return with_names({"remove"}, there, "remove")
           && note(there, [](auto&) { return effect::removed; });
  }

  /// What dpkg says, and in check mode what tasks before would have made of it.
  result<std::map<std::string, apt_status>>
  query(const std::vector<std::string>& names) {
    auto known = query_dpkg(tool_, plain_names(names), ctx_);
    if (!known || !ctx_.predicted)
      return known;
    for (auto& [name, status] : *known)
      if (auto made = ctx_.predicted->what().package(name)) {
        status.installed = *made;
        status.leftover = !*made;
        status.known = true;
      }
    return known;
  }

  static std::vector<std::string>
  plain_names(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    out.reserve(names.size());
    for (auto& written : names)
      out.push_back(parse_apt_name(written).name);
    return out;
  }

  bool install(const std::vector<std::string>& names,
               const std::string& state) {
    std::vector<apt_name> wanted;
    wanted.reserve(names.size());
    for (auto& written : names)
      wanted.push_back(parse_apt_name(written));
    auto known = query(names);
    if (!known)
      return fail(known.why());
    if (needs_lists(wanted, *known, state))
      if (auto done = query_lists(tool_, *known); !done)
        return fail(done.why());
    std::vector<std::string> chosen;
    std::vector<std::string> found;
    for (auto& one : wanted) {
      auto word = choose(one, *known, state);
      if (!word && !doubts_lists())
        return fail(word.why());
      if (!word) {
        ctx_.predicted->assume(word.why().message);
        found.push_back(one.name);
        out_.changed = true;
      } else if (is_predicted(one.name)) {
        found.push_back(one.name);
        out_.changed = out_.changed || !word->empty();
      } else if (!word->empty()) {
        found.push_back(one.name);
        chosen.push_back(*word);
      }
    }
    auto done = chosen.empty() || with_names({"install"}, chosen, "install");
    return done && keep(plain_names(names)) && note(found, [&](auto& name) {
             return (*known)[name].installed ? effect::changed : effect::made;
           });
  }

  /// What a task names is wanted for itself, whoever brought it: else apt would
  /// take it away once nobody else needs it. As in Ansible this is no change.
  bool keep(const std::vector<std::string>& names) {
    if (ctx_.check_mode)
      return true;
    auto automatic = automatic_packages(ctx_, names);
    if (automatic.empty())
      return true;
    std::vector<std::string> words{"apt-mark", "manual"};
    words.insert(words.end(), automatic.begin(), automatic.end());
    auto ended = tool_.run(std::move(words));
    if (!ended)
      return fail(ended.why());
    auto result = package_result(*ended, "apt-mark manual", {});
    return !result.failed
           || fail({result.why.value_or(errc::command_failed), result.msg});
  }

  bool is_predicted(const std::string& name) const {
    return ctx_.predicted && ctx_.predicted->what().package(name);
  }

  /// Whether the lists may hold more by then: they are not read again in check
  /// mode, nor is what tasks before would have written for apt.
  bool doubts_lists() const {
    return ctx_.predicted
           && (args_.flag("update_cache")
               || args_.integer("cache_valid_time") > 0 || ctx_.unsure()
               || ctx_.predicted->predicts("/etc/apt"));
  }

  /// apt-get knows nothing of packages that are there only in check mode.
  void pass_over_predicted(std::vector<std::string>& names) {
    std::erase_if(names, [&](auto& name) {
      if (!is_predicted(name))
        return false;
      note_package(name, effect::removed, ctx_);
      out_.changed = true;
      return true;
    });
  }

  template <class Effect>
  bool note(const std::vector<std::string>& names, Effect effect_on) {
    if (ctx_.check_mode)
      for (auto& name : names)
        note_package(name, effect_on(name), ctx_);
    return true;
  }

  /// The lists are only read when something is missing or may be old: an
  /// unchanged host costs one question to dpkg.
  static bool needs_lists(const std::vector<apt_name>& wanted,
                          std::map<std::string, apt_status>& known,
                          const std::string& state) {
    return state == "latest"
           || std::any_of(wanted.begin(), wanted.end(), [&](auto& one) {
                return !one.relation.empty() || !known[one.name].installed;
              });
  }

  /// What apt-get is told to install for one name; nothing when it is as
  /// wanted already.
  result<std::string> choose(const apt_name& one,
                             std::map<std::string, apt_status>& known,
                             const std::string& state) {
    // A pattern stands for what matches it.
    if (one.name.find_first_of("*?[") != std::string::npos)
      return one.written;
    auto& status = known[one.name];
    if (status.installed && is_predicted(one.name))
      return std::string{};
    if (args_.flag("only_upgrade") && !status.installed)
      return std::string{};
    if (!status.installed && !status.known)
      return error{errc::not_found,
                   fmt::format("No package matching '{}' is available; is its "
                               "repository configured and are the lists fresh "
                               "(update_cache)?",
                               one.name)};
    if (one.relation.empty()) {
      auto outdated = state == "latest" && !status.candidate.empty()
                      && status.candidate != status.version;
      return status.installed && !outdated ? std::string{} : one.written;
    }
    if (status.installed) {
      auto fits = version_fits(tool_, one, status.version);
      if (!fits)
        return fits.why();
      if (*fits)
        return std::string{};
    }
    auto versions = status.versions;
    if (!status.candidate.empty())
      versions.insert(versions.begin(), status.candidate);
    for (auto& version : versions) {
      auto fits = version_fits(tool_, one, version);
      if (!fits)
        return fits.why();
      if (*fits)
        return one.name + '=' + version;
    }
    return error{errc::not_found,
                 fmt::format("no available version of '{}' is {}{}", one.name,
                             one.relation, one.version)};
  }

  bool clean(bool acted) {
    // With packages the option of the same command does it.
    if (args_.flag("autoremove") && !acted
        && !command({"autoremove"}, "remove what nobody needs"))
      return false;
    if (args_.flag("autoclean") && !tidy("autoclean"))
      return false;
    return !args_.flag("clean") || tidy("clean");
  }

  /// Cleaning is a change only where files go away.
  bool tidy(const std::string& word) {
    auto dry = tool_.run({"apt-get", "--simulate", word});
    if (!dry)
      return fail(dry.why());
    auto has_work = dry->out.bytes.find("Del ") != std::string::npos;
    if (!has_work || ctx_.check_mode) {
      out_.changed = out_.changed || has_work;
      return true;
    }
    ctx_.changing(word);
    auto ended = tool_.run({"apt-get", "--yes", word});
    if (!ended)
      return fail(ended.why());
    if (ended->rc != 0)
      return fail({errc::command_failed,
                   fmt::format("cannot {} the package cache: {}", word,
                               excerpt(ended->err.bytes, 500))});
    out_.changed = true;
    return true;
  }

  const arguments& args_;
  const module_context& ctx_;
  package_tool tool_;
  module_result out_;
};

} // namespace

module_result run_apt(const arguments& args, const module_context& ctx) {
  return apt_work{args, ctx}.run();
}

} // namespace troupe
