#include "modules/support/accounts/user_parts.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// The name under which the program that answers ssh-keygen finds it.
constexpr const char* phrase_name = "TROUPE_KEY_PHRASE";

/// The key of one task.
class key_work {
public:
  key_work(const user_account& user, const arguments& args,
           const module_context& ctx, module_result& out)
      : user_{user}, args_{args}, ctx_{ctx}, files_{ctx.machine.files()},
        strict_{files_.without_links()}, out_{out} {
  }

  result<void> run() {
    auto file = path_argument(args_, "ssh_key_file", ctx_);
    if (file.empty())
      file = ".ssh/id_" + args_.text("ssh_key_type");
    if (!file.starts_with("/")) {
      if (!ctx_.check_mode && !there(user_.home))
        return error{errc::not_found,
                     fmt::format("the home '{}' of the user '{}' does not "
                                 "exist",
                                 user_.home, user_.name)};
      file = joined(user_.home, file);
    }
    file_ = file;
    find_place();
    if (auto done = ensure(); !done)
      return done;
    return report();
  }

private:
  /// What the user may put into his home is not to lead root elsewhere: from
  /// the home on there are no links on the way.
  void find_place() {
    auto in_home = file_.starts_with(user_.home + "/");
    auto top = in_home ? user_.home : parent_of(parent_of(file_));
    auto real = files_.real_path(top);
    place_
      = real ? joined(*real, file_.substr(top.size() + (top != "/"))) : file_;
  }

  bool there(const std::string& path) const {
    auto found = files_.status(path, true);
    return found && *found;
  }

  /// Whether it is there. A link is refused, and so is what belongs to another
  /// user, to whom it may be of use.
  result<bool> check_own(const std::string& path, file_kind kind) const {
    auto found = strict_.status(path, false);
    if (!found)
      return found.why();
    if (!*found)
      return false;
    auto& it = **found;
    if (it.kind == kind && (it.uid == user_.uid || it.uid == 0))
      return true;
    return error{
      errc::invalid_argument,
      fmt::format("cannot make a key for the user '{}': '{}' is {}{}",
                  user_.name, path, name_of(it.kind),
                  it.kind == kind ? " of another user" : "")};
  }

  /// Whether something is in the way and shall not be replaced.
  result<bool> keeps(const std::string& place, const std::string& path,
                     const char* which) {
    auto there = check_own(place, file_kind::regular);
    if (!there || !*there)
      return there;
    auto force = args_.flag("force");
    out_.warnings.push_back(fmt::format(
      "{} existing ssh key {} file \"{}\"{}", force ? "Overwriting" : "Found",
      which, path,
      force ? "" : ", no force, so skipping ssh-keygen generation"));
    if (!force)
      return true;
    return false;
  }

  result<void> ensure() {
    auto folder = parent_of(place_);
    auto found = check_own(folder, file_kind::directory);
    if (!found)
      return found.why();
    if (!*found) {
      if (ctx_.check_mode) {
        out_.changed = true;
        return {};
      }
      if (auto made = strict_.make_directory(folder, 0700); !made)
        return made;
      if (auto own = strict_.set_owner(folder, user_.uid, user_.gid, false);
          !own)
        return own;
    }
    for (auto which : {"private", "public"}) {
      auto is_private = which == std::string_view{"private"};
      auto end = is_private ? "" : ".pub";
      auto kept = keeps(place_ + end, file_ + end, which);
      if (!kept)
        return kept.why();
      if (*kept)
        return {};
    }
    out_.changed = true;
    return ctx_.check_mode ? result<void>{} : generate();
  }

  result<void> generate() {
    auto tool = find_tool("ssh-keygen", ctx_);
    if (!tool)
      return tool.why();
    std::vector<std::string> argv{*tool, "-q", "-t",
                                  args_.text("ssh_key_type")};
    if (args_.integer("ssh_key_bits") > 0)
      argv.insert(argv.end(), {"-b", args_.text("ssh_key_bits")});
    auto comment
      = args_.has("ssh_key_comment")
          ? args_.text("ssh_key_comment")
          : "ansible-generated on " + ctx_.machine.facts().host_name();
    // Where nobody else can put a link in its way.
    auto made = files_.unused_beside(joined(ctx_.temporary_directory, "key"));
    argv.insert(argv.end(), {"-C", comment, "-f", made});
    tool_terms terms;
    if (args_.has("ssh_key_passphrase")) {
      if (auto ready = answer_by_program(terms); !ready)
        return ready;
    } else {
      argv.insert(argv.end(), {"-N", ""});
    }
    ctx_.changing("key " + file_);
    auto said = tool_output(std::move(argv), ctx_, std::move(terms));
    auto done = said ? put_in_place(made) : result<void>{said.why()};
    for (auto end : {"", ".pub"})
      static_cast<void>(files_.remove(made + end));
    return done;
  }

  result<void> put_in_place(const std::string& made) {
    for (auto end : {"", ".pub"}) {
      file_attributes wanted{
        .mode = *end ? 0644 : 0600, .uid = user_.uid, .gid = user_.gid};
      if (auto put = strict_.replace_from(place_ + end, made + end, wanted);
          !put)
        return put;
    }
    return {};
  }

  /// A phrase on a command line could be read by everybody on the host.
  result<void> answer_by_program(tool_terms& terms) const {
    auto path = joined(ctx_.temporary_directory, "key-phrase");
    auto made = files_.replace(
      path, fmt::format("#!/bin/sh\nprintf '%s\\n' \"${}\"\n", phrase_name),
      {.mode = 0700});
    terms.environment = {{"SSH_ASKPASS", path},
                         {"SSH_ASKPASS_REQUIRE", "force"},
                         {"DISPLAY", "none"},
                         {phrase_name, args_.text("ssh_key_passphrase")}};
    return made;
  }

  result<void> report() {
    out_.data.set("ssh_key_file", file_);
    out_.data.set("ssh_fingerprint", fingerprint());
    auto text = strict_.read(place_ + ".pub", size_t{1} << 20);
    if (!text) {
      out_.data.set("ssh_public_key", value{});
      return {};
    }
    text->erase(text->find_last_not_of(" \t\r\n") + 1);
    out_.data.set("ssh_public_key", value::from_host(*std::move(text)));
    return {};
  }

  value fingerprint() const {
    if (!there(place_))
      return "";
    auto tool = find_tool("ssh-keygen", ctx_);
    auto said = tool ? tool_output({*tool, "-l", "-f", place_}, ctx_) : tool;
    auto text = said ? *said : said.why().message;
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return value::from_host(std::move(text));
  }

  const user_account& user_;
  const arguments& args_;
  const module_context& ctx_;
  file_system& files_;
  file_system& strict_;
  module_result& out_;
  /// As it is told, and where it is without links on the way.
  std::string file_;
  std::string place_;
};

} // namespace

result<void> ensure_user_key(const user_account& user, const arguments& args,
                             const module_context& ctx, module_result& out) {
  return key_work{user, args, ctx, out}.run();
}

} // namespace troupe
