#include "modules/support/packages/rpm_packages.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/packages/package_tool.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace troupe {

namespace {

bool holds_text(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// One task of `dnf` or `yum`.
class rpm_work {
public:
  rpm_work(std::string tool, const arguments& args, const module_context& ctx)
      : program_{std::move(tool)}, args_{args}, ctx_{ctx},
        tool_{ctx, std::chrono::seconds{args.integer("lock_timeout", 30)}},
        names_{package_names(args)} {
    tool_.lock_marks = {"waiting for process with pid",
                        "Another app is currently holding the yum lock",
                        "Failed to obtain the transaction lock"};
    state_ = args.has("state")         ? plain_state(args.text("state"))
             : args.flag("autoremove") ? "absent"
                                       : "present";
  }

  module_result run() {
    if (args_.has("list"))
      return list_packages();
    if (args_.flag("update_cache") && !ctx_.check_mode
        && !step({"makecache"}, "update the package cache"))
      return std::move(out_);
    out_.changed = false;
    if (names_ == std::vector<std::string>{"*"}) {
      if (state_ != "latest")
        return module_result::failure(errc::invalid_argument,
                                      "the name '*' needs the state 'latest'");
      return transact({"upgrade"}, {}, "upgrade all packages");
    }
    if (names_.empty()) {
      if (args_.flag("autoremove"))
        return transact({"autoremove"}, {}, "remove what nobody needs");
      out_.changed = args_.flag("update_cache");
      return std::move(out_);
    }
    return state_ == "absent" ? remove() : install();
  }

private:
  std::vector<std::string> options() const {
    std::vector<std::string> out;
    auto flag = [&](const char* name, const char* option) {
      if (args_.flag(name))
        out.emplace_back(option);
    };
    auto joined_list = [&](const char* name, const char* option) {
      if (auto items = args_.texts(name); !items.empty())
        out.push_back(fmt::format("{}={}", option, fmt::join(items, ",")));
    };
    auto text = [&](const char* name, const char* option) {
      if (args_.has(name))
        out.push_back(fmt::format("{}={}", option, args_.text(name)));
    };
    flag("allowerasing", "--allowerasing");
    flag("nobest", "--nobest");
    flag("skip_broken", "--skip-broken");
    flag("security", "--security");
    flag("bugfix", "--bugfix");
    flag("cacheonly", "--cacheonly");
    flag("disable_gpg_check", "--nogpgcheck");
    flag("download_only", "--downloadonly");
    text("conf_file", "--config");
    text("download_dir", "--downloaddir");
    text("releasever", "--releasever");
    text("disable_excludes", "--disableexcludes");
    joined_list("disablerepo", "--disablerepo");
    joined_list("enablerepo", "--enablerepo");
    joined_list("enable_plugin", "--enableplugin");
    joined_list("disable_plugin", "--disableplugin");
    joined_list("exclude", "--exclude");
    if (args_.text("installroot") != "/")
      text("installroot", "--installroot");
    if (!args_.flag("install_weak_deps"))
      out.emplace_back("--setopt=install_weak_deps=False");
    if (!args_.flag("sslverify") || !args_.flag("validate_certs"))
      out.emplace_back("--setopt=sslverify=False");
    return out;
  }

  std::vector<std::string>
  command(std::vector<std::string> words,
          const std::vector<std::string>& names) const {
    auto refuse = !words.empty() && words.front() == "--assumeno";
    std::vector<std::string> out{program_};
    if (!refuse)
      out.emplace_back("--assumeyes");
    auto more = options();
    out.insert(out.end(), more.begin(), more.end());
    out.insert(out.end(), words.begin(), words.end());
    out.insert(out.end(), names.begin(), names.end());
    return out;
  }

  bool step(std::vector<std::string> words, const std::string& what,
            const std::vector<std::string>& names = {}) {
    ctx_.changing(what);
    auto ended = tool_.run(command(std::move(words), names));
    if (!ended) {
      out_ = module_result::failure(ended.why());
      return false;
    }
    auto changed = out_.changed;
    out_ = package_result(*ended, what,
                          {"No match for argument", "Unable to find a match",
                           "No package ", "Error: No matching Packages"});
    // yum of old says that there is nothing to do and returns 0.
    if (!out_.failed && holds_text(ended->out.bytes, "No package ")
        && holds_text(ended->out.bytes, " available.")) {
      out_.failed = true;
      out_.why = errc::not_found;
      out_.msg = fmt::format("cannot {}: there is no such package", what);
    }
    auto idle = holds_text(ended->out.bytes, "Nothing to do")
                || holds_text(ended->err.bytes, "Nothing to do");
    out_.changed = changed || (!out_.failed && !idle);
    return !out_.failed;
  }

  module_result transact(std::vector<std::string> words,
                         const std::vector<std::string>& names,
                         const std::string& what) {
    if (!ctx_.check_mode) {
      step(std::move(words), what, names);
      return std::move(out_);
    }
    // The answer "no" shows what would be done; the program then fails.
    words.insert(words.begin(), "--assumeno");
    auto ended = tool_.run(command(std::move(words), names));
    if (!ended)
      return module_result::failure(ended.why());
    if (holds_text(ended->err.bytes, "No match for argument")
        || holds_text(ended->err.bytes, "Unable to find a match")) {
      auto missing
        = package_result(*ended, what, {"No match", "Unable to find"});
      missing.failed = true;
      return missing;
    }
    out_.changed = !holds_text(ended->out.bytes, "Nothing to do");
    if (out_.changed)
      ctx_.doubt();
    for (auto& name : names)
      note_package(name,
                   state_ == "absent"      ? effect::removed
                   : older_.contains(name) ? effect::changed
                                           : effect::made,
                   ctx_);
    out_.msg = fmt::format("would {}", what);
    return std::move(out_);
  }

  result<bool> is_installed(const std::string& name) const {
    if (ctx_.predicted)
      if (auto made = ctx_.predicted->what().package(name))
        return *made;
    auto root = args_.text("installroot");
    std::vector<std::string> query{"rpm", "--query"};
    if (root != "/")
      query.push_back("--root=" + root);
    if (name.find('*') != std::string::npos) {
      query.insert(query.end(), {"--all", name});
      auto ended = tool_.run(query);
      if (!ended)
        return ended.why();
      return !ended->out.bytes.empty();
    }
    query.insert(query.end(), {"--whatprovides", name});
    auto provided = tool_.succeeds(query);
    if (!provided || *provided)
      return provided;
    // `name-version` is no capability but a package's own name.
    query.erase(query.end() - 2);
    return tool_.succeeds(query);
  }

  bool is_address(const std::string& name) const {
    return name.find("://") != std::string::npos || name.ends_with(".rpm");
  }

  result<bool> is_outdated(const std::string& name) const {
    std::vector<std::string> words{"check-update"};
    auto ended = tool_.run(command(words, {name}));
    if (!ended)
      return ended.why();
    // 100 means: there are updates.
    return ended->rc == 100;
  }

  module_result install() {
    std::vector<std::string> wanted;
    auto latest = state_ == "latest";
    for (auto& name : names_) {
      // Groups, files and addresses are judged by the program itself.
      if (name.starts_with("@") || is_address(name)) {
        wanted.push_back(name);
        continue;
      }
      auto installed = is_installed(name);
      if (!installed)
        return module_result::failure(installed.why());
      if (!*installed) {
        if (!args_.flag("update_only"))
          wanted.push_back(name);
        continue;
      }
      if (!latest)
        continue;
      auto outdated = is_outdated(name);
      if (!outdated)
        return module_result::failure(outdated.why());
      if (!*outdated)
        continue;
      wanted.push_back(name);
      older_.insert(name);
    }
    if (wanted.empty()) {
      out_.msg = "nothing to install";
      return std::move(out_);
    }
    return transact({verb(wanted, latest)}, wanted,
                    fmt::format("install {}", fmt::join(wanted, ", ")));
  }

  /// `upgrade` where only updates are meant, `downgrade` where an older
  /// version of something installed is named and allowed.
  std::string verb(const std::vector<std::string>& wanted, bool latest) const {
    auto updates_only = latest
                        && (args_.flag("security") || args_.flag("bugfix")
                            || args_.flag("update_only"));
    if (updates_only)
      return "upgrade";
    if (!args_.flag("allow_downgrade") || wanted.size() != 1)
      return "install";
    auto dash = wanted[0].find_last_of('-');
    auto stem
      = dash == std::string::npos ? wanted[0] : wanted[0].substr(0, dash);
    auto older = stem != wanted[0] ? is_installed(stem) : result<bool>{false};
    return older && *older && is_newer_installed(stem, wanted[0]) ? "downgrade"
                                                                  : "install";
  }

  bool is_newer_installed(const std::string& stem,
                          const std::string& wanted) const {
    auto have = tool_.run(
      {"rpm", "--query", "--qf", "%{NAME}-%{VERSION}-%{RELEASE}", stem});
    if (!have || have->rc != 0)
      return false;
    auto compared
      = tool_.run({"rpm", "--eval",
                   fmt::format("%{{lua:print(rpm.vercmp('{}','{}'))}}",
                               have->out.bytes, wanted)});
    return compared && compared->out.bytes.starts_with("1");
  }

  module_result remove() {
    std::vector<std::string> there;
    for (auto& name : names_) {
      if (name.starts_with("@")) {
        there.push_back(name);
        continue;
      }
      auto installed = is_installed(name);
      if (!installed)
        return module_result::failure(installed.why());
      if (*installed)
        there.push_back(name);
    }
    if (there.empty()) {
      out_.msg = "nothing to remove";
      return std::move(out_);
    }
    // What was only there for them goes with them if that is asked for.
    auto keep = args_.flag("autoremove")
                  ? "--setopt=clean_requirements_on_remove=True"
                  : "--setopt=clean_requirements_on_remove=False";
    return transact({keep, "remove"}, there,
                    fmt::format("remove {}", fmt::join(there, ", ")));
  }

  module_result list_packages() {
    auto ended = tool_.run(command({"list", args_.text("list")}, {}));
    if (!ended)
      return module_result::failure(ended.why());
    list found;
    std::string state = "available";
    for (auto& line : split_text(ended->out.bytes, '\n')) {
      if (line.starts_with("Installed"))
        state = "installed";
      else if (line.starts_with("Available"))
        state = "available";
      std::vector<std::string> words;
      for (auto& word : split_text(line, ' '))
        if (!word.empty())
          words.push_back(word);
      auto dot = words.size() == 3 ? words[0].rfind('.') : std::string::npos;
      if (dot == std::string::npos)
        continue;
      found.push_back(dict{{"name", value::from_host(words[0].substr(0, dot))},
                           {"arch", value::from_host(words[0].substr(dot + 1))},
                           {"version", value::from_host(words[1])},
                           {"repo", value::from_host(words[2])},
                           {"yumstate", state}});
    }
    module_result out;
    out.data.set("results", std::move(found));
    return out;
  }

  std::string program_;
  const arguments& args_;
  const module_context& ctx_;
  package_tool tool_;
  std::vector<std::string> names_;
  std::string state_;
  // Those that are installed and would be replaced by newer ones.
  std::set<std::string> older_;
  module_result out_;
};

} // namespace

module_result run_rpm_module(const std::string& tool, const arguments& args,
                             const module_context& ctx) {
  return rpm_work{tool, args, ctx}.run();
}

} // namespace troupe
