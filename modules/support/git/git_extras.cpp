#include "modules/support/git/git_extras.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

std::string first_word(const std::string& text) {
  auto words = words_in(text);
  return words.empty() ? std::string{} : words[0];
}

/// How `git archive` calls what a name ends with; empty: it does not know it.
std::string pack_format(const std::string& path) {
  for (auto [end, format] : {std::pair{".tar.gz", "tar.gz"},
                             {".gz", "tar.gz"},
                             {".tgz", "tgz"},
                             {".tar", "tar"},
                             {".zip", "zip"}})
    if (path.ends_with(end))
      return format;
  return {};
}

} // namespace

result<std::string> folder_of_git(const git_wish& wish,
                                  const module_context& ctx) {
  if (wish.bare)
    return wish.dest;
  auto& files = ctx.machine.files();
  auto path = joined(wish.dest, ".git");
  auto found = files.status(path, true);
  if (!found || !*found || (*found)->kind != file_kind::regular)
    return path;
  auto text = files.read(path, 4096);
  if (!text)
    return text;
  constexpr std::string_view mark = "gitdir: ";
  auto target = text->starts_with(mark)
                  ? trimmed_text(text->substr(mark.size()))
                  : std::string{};
  if (!target.empty() && !target.starts_with("/"))
    target = joined(wish.dest, target);
  if (target.empty() || !files.access(target, ""))
    return error{errc::invalid_argument,
                 "Current repo does not have a valid reference to a separate "
                 "Git dir or it refers to the invalid path"};
  return target;
}

result<void> move_git_folder(const git_wish& wish, std::string& folder,
                             const module_context& ctx, module_result& out) {
  auto& files = ctx.machine.files();
  auto& wanted = wish.git_folder;
  if (wanted.empty() || folder == wanted || !files.access(folder, ""))
    return {};
  out.changed = true;
  if (ctx.check_mode)
    return {};
  if (files.access(wanted, ""))
    return error{
      errc::invalid_argument,
      fmt::format("Separate-git-dir path {} already exists.", wanted)};
  if (auto moved = files.rename(folder, wanted); !moved)
    return moved;
  if (auto done
      = files.replace(joined(wish.dest, ".git"), "gitdir: " + wanted, {});
      !done) {
    static_cast<void>(files.rename(wanted, folder));
    return done;
  }
  out.data.set("git_dir_before", folder);
  out.data.set("git_dir_now", wanted);
  folder = wanted;
  return {};
}

result<std::string> commit_of_remote(const git_tool& git,
                                     const std::string& remote,
                                     const std::string& folder,
                                     const std::string& version) {
  std::vector<std::string> refs;
  if (version == "HEAD") {
    refs = {"HEAD"};
    if (!folder.empty())
      if (auto branch = git.head_branch(folder, remote))
        refs = {"refs/heads/" + *branch};
  } else {
    // Of a tag with a text of its own the commit that it is about.
    refs = {"refs/heads/" + version, "refs/tags/" + version + "^{}",
            "refs/tags/" + version};
  }
  for (auto& ref : refs) {
    auto text = git.need({"ls-remote", "--", remote, ref}, folder);
    if (!text)
      return text;
    if (auto commit = first_word(*text); !commit.empty())
      return commit;
  }
  if (version == "HEAD")
    return error{
      errc::not_found,
      fmt::format("Could not determine remote revision for {}", version)};
  return version;
}

result<void> verify_signature(const git_tool& git, const std::string& folder,
                              const std::string& version,
                              const std::vector<std::string>& keys) {
  auto kind = git.need({"cat-file", "-t", version}, folder);
  auto tag = kind && trimmed_text(*kind) == "tag";
  auto ended
    = git.run({tag ? "verify-tag" : "verify-commit", "--raw", version}, folder);
  if (!ended)
    return ended.why();
  auto is_known = keys.empty();
  for (auto& line : split_text(ended->err.bytes, '\n')) {
    auto words = words_in(line);
    // What is signed, or who signs, may hold words of gpg, too.
    if (words.size() < 3 || !line.starts_with("[GNUPG:] ")
        || words[1] != "VALIDSIG")
      continue;
    // The key itself, and the one that it belongs to.
    for (auto& each : {words[2], words.back()})
      is_known
        = is_known || std::find(keys.begin(), keys.end(), each) != keys.end();
  }
  if (ended->rc == 0 && is_known)
    return {};
  return error{errc::command_failed,
               fmt::format("Failed to verify GPG signature of commit/tag "
                           "\"{}\": {}",
                           version, tool_words(*ended))};
}

result<bool> pack_version(const git_tool& git, const git_wish& wish,
                          const std::string& path, const std::string& prefix,
                          const module_context& ctx) {
  auto format = pack_format(path);
  if (format.empty())
    return error{errc::invalid_argument,
                 fmt::format("Unable to get file extension from archive file "
                             "name : {}",
                             path)};
  if (ctx.check_mode)
    return true;
  auto made = joined(ctx.temporary_directory, "archive");
  git_tool::words argv{"archive", "--format", format, "--output", made};
  if (!prefix.empty())
    argv.push_back("--prefix=" + prefix);
  argv.push_back(wish.version);
  if (auto done = git.need(std::move(argv), wish.dest); !done)
    return done.why();
  auto& files = ctx.machine.files();
  auto fresh = files.digest(made, "sha256");
  if (!fresh)
    return fresh.why();
  auto old = files.digest(path, "sha256");
  if (old && *old == *fresh)
    return false;
  auto put = files.replace_from(path, made, {});
  return put ? result<bool>{true} : put.why();
}

} // namespace troupe
