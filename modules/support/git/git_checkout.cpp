#include "modules/support/git/git_checkout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

result<void> git_checkout::must(git_tool::words argv) const {
  auto said = git_.need(std::move(argv), wish_.dest);
  return said ? result<void>{} : result<void>{said.why()};
}

result<void> git_checkout::clone(module_result& out) const {
  git_tool::words argv{"clone"};
  auto add = [&](std::initializer_list<std::string> more) {
    argv.insert(argv.end(), more);
  };
  if (wish_.bare)
    add({"--bare"});
  else
    add({"--origin", wish_.remote});
  auto named = git_.has_branch({}, wish_.repo, wish_.version);
  if (named && !*named)
    named = git_.has_tag({}, wish_.repo, wish_.version);
  if (!named)
    return named.why();
  if (!wish_.depth.empty()) {
    if (wish_.wants_head() || !wish_.refspec.empty())
      add({"--depth", wish_.depth});
    else if (*named)
      add({"--depth", wish_.depth, "--branch", wish_.version});
    else
      out.warnings.push_back("Ignoring depth argument. Shallow clones are only "
                             "available for HEAD, branches, tags or in "
                             "combination with refspec.");
  }
  if (!wish_.reference.empty())
    add({"--reference", wish_.reference});
  if (wish_.single_branch)
    add({"--single-branch"});
  if (wish_.single_branch && *named)
    add({"--branch", wish_.version});
  if (!wish_.git_folder.empty())
    add({"--separate-git-dir=" + wish_.git_folder});
  add({"--", wish_.repo, wish_.dest});
  if (auto made = git_.need(std::move(argv), {}); !made)
    return made.why();
  if (wish_.bare && wish_.remote != "origin")
    if (auto done = must({"remote", "add", "--", wish_.remote, wish_.repo});
        !done)
      return done;
  if (wish_.refspec.empty())
    return {};
  git_tool::words more{"fetch"};
  if (!wish_.depth.empty())
    more.insert(more.end(), {"--depth", wish_.depth});
  more.insert(more.end(), {"--", wish_.remote, wish_.refspec});
  return must(std::move(more));
}

/// The least that has to be fetched for the version; nothing: all.
result<git_tool::words> git_checkout::shallow_refs() const {
  git_tool::words out;
  if (wish_.depth.empty())
    return out;
  auto head = git_.head_branch(wish_.dest, wish_.remote);
  if (!wish_.refspec.empty())
    return git_tool::words{wish_.refspec};
  if (wish_.wants_head())
    return head ? result<git_tool::words>{{*head}} : head.why();
  auto& name = wish_.version;
  auto branch = git_.has_branch({}, wish_.repo, name);
  if (!branch)
    return branch.why();
  if (*branch) {
    if (!head || *head != name)
      out.push_back(fmt::format("+refs/heads/{0}:refs/heads/{0}", name));
    out.push_back(
      fmt::format("+refs/heads/{0}:refs/remotes/{1}/{0}", name, wish_.remote));
    return out;
  }
  auto tag = git_.has_tag({}, wish_.repo, name);
  if (!tag)
    return tag.why();
  if (*tag)
    out.push_back(fmt::format("+refs/tags/{0}:refs/tags/{0}", name));
  return out;
}

result<void> git_checkout::fetch() const {
  auto refs = shallow_refs();
  if (!refs)
    return refs.why();
  git_tool::words argv{"fetch"};
  if (!refs->empty()) {
    argv.insert(argv.end(), {"--depth", wish_.depth});
  } else {
    if (wish_.bare)
      *refs = {"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"};
    else
      argv.push_back("--tags");
    if (!wish_.refspec.empty())
      refs->push_back(wish_.refspec);
  }
  if (wish_.force)
    argv.push_back("--force");
  argv.insert(argv.end(), {"--", wish_.remote});
  argv.insert(argv.end(), refs->begin(), refs->end());
  return must(std::move(argv));
}

result<void> git_checkout::switch_version() const {
  auto name = wish_.version;
  if (wish_.wants_head()) {
    auto branch = git_.head_branch(wish_.dest, wish_.remote);
    if (!branch)
      return branch.why();
    name = *branch;
  } else {
    auto remote = git_.has_branch(wish_.dest, wish_.remote, name);
    if (!remote)
      return remote.why();
    if (!*remote)
      return must({"checkout", "--force", name, "--"});
    auto local = git_.succeeds(
      {"show-ref", "--verify", "--quiet", "refs/heads/" + name}, wish_.dest);
    if (!local)
      return local.why();
    // What is shallow knows no other branch.
    if (!*local && !wish_.depth.empty())
      if (auto done = must({"fetch", "--depth", wish_.depth, "--", wish_.remote,
                            fmt::format("+refs/heads/{0}:refs/remotes/{1}/{0}",
                                        name, wish_.remote)});
          !done)
        return done;
    if (!*local)
      return must({"checkout", "--force", "-B", name,
                   fmt::format("refs/remotes/{}/{}", wish_.remote, name),
                   "--"});
  }
  if (auto done = must({"checkout", "--force", name, "--"}); !done)
    return done;
  return must({"reset", "--hard",
               fmt::format("refs/remotes/{}/{}", wish_.remote, name), "--"});
}

result<std::string>
git_checkout::submodule_commits(const std::string& name) const {
  return git_.need({"submodule", "foreach", "git", "rev-parse", name},
                   wish_.dest);
}

result<bool> git_checkout::submodules_differ() const {
  auto status = git_.need({"submodule", "status"}, wish_.dest);
  if (!status)
    return status.why();
  // A minus before one that is not there yet, a plus before another commit.
  auto at_begin = true;
  for (char each : *status) {
    if (at_begin && each != ' ')
      return true;
    at_begin = each == '\n';
  }
  if (status->empty() || !wish_.follow_submodules)
    return false;
  auto before = submodule_commits("HEAD");
  if (!before)
    return before.why();
  if (auto done = must({"submodule", "foreach", "git", "fetch"}); !done)
    return done.why();
  auto after = submodule_commits(wish_.remote + "/HEAD");
  return after ? result<bool>{*before != *after} : after.why();
}

result<void> git_checkout::update_submodules() const {
  if (auto done = must({"submodule", "sync"}); !done)
    return done;
  git_tool::words argv{"submodule", "update", "--init", "--recursive"};
  if (wish_.follow_submodules)
    argv.push_back("--remote");
  if (wish_.force)
    argv.push_back("--force");
  return must(std::move(argv));
}

} // namespace troupe
