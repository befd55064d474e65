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
        out_{out} {
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
    if (auto done = ensure(); !done)
      return done;
    return report();
  }

private:
  bool there(const std::string& path) const {
    auto found = files_.status(path, true);
    return found && *found;
  }

  /// Whether something is in the way and shall not be replaced.
  result<bool> keeps(const std::string& path, const char* which) {
    if (!there(path))
      return false;
    auto force = args_.flag("force");
    out_.warnings.push_back(fmt::format(
      "{} existing ssh key {} file \"{}\"{}", force ? "Overwriting" : "Found",
      which, path,
      force ? "" : ", no force, so skipping ssh-keygen generation"));
    if (!force)
      return true;
    if (ctx_.check_mode)
      return false;
    if (auto gone = files_.remove(path); !gone)
      return gone.why();
    return false;
  }

  result<void> ensure() {
    auto folder = parent_of(file_);
    if (!there(folder)) {
      if (ctx_.check_mode) {
        out_.changed = true;
        return {};
      }
      if (auto made = files_.make_directory(folder, 0700); !made)
        return made;
      if (auto own = files_.set_owner(folder, user_.uid, user_.gid, false);
          !own)
        return own;
    }
    for (auto which : {"private", "public"}) {
      auto is_private = which == std::string_view{"private"};
      auto kept = keeps(is_private ? file_ : file_ + ".pub", which);
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
    argv.insert(argv.end(), {"-C", comment, "-f", file_});
    tool_terms terms;
    if (args_.has("ssh_key_passphrase")) {
      if (auto ready = answer_by_program(terms); !ready)
        return ready;
    } else {
      argv.insert(argv.end(), {"-N", ""});
    }
    ctx_.changing("key " + file_);
    if (auto said = tool_output(std::move(argv), ctx_, std::move(terms)); !said)
      return said.why();
    for (auto& made : {file_, file_ + ".pub"})
      if (auto own = files_.set_owner(made, user_.uid, user_.gid, false); !own)
        return own;
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
    auto text = files_.read(file_ + ".pub", size_t{1} << 20);
    if (!text) {
      out_.data.set("ssh_public_key", value{});
      return {};
    }
    text->erase(text->find_last_not_of(" \t\r\n") + 1);
    out_.data.set("ssh_public_key", value::from_host(*std::move(text)));
    return {};
  }

  value fingerprint() const {
    if (!there(file_))
      return "";
    auto tool = find_tool("ssh-keygen", ctx_);
    auto said = tool ? tool_output({*tool, "-l", "-f", file_}, ctx_) : tool;
    auto text = said ? *said : said.why().message;
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return value::from_host(std::move(text));
  }

  const user_account& user_;
  const arguments& args_;
  const module_context& ctx_;
  file_system& files_;
  module_result& out_;
  std::string file_;
};

} // namespace

result<void> ensure_user_key(const user_account& user, const arguments& args,
                             const module_context& ctx, module_result& out) {
  return key_work{user, args, ctx, out}.run();
}

} // namespace troupe
