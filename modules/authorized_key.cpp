#include "modules/module.hpp"
#include "modules/support/accounts/ssh_lines.hpp"
#include "modules/support/files/file_attributes.hpp"
#include "modules/support/files/line_search.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace troupe {

namespace {

/// One task of `authorized_key`.
class authorized_key_work {
public:
  authorized_key_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, files_{ctx.machine.files()},
        present_{args.text("state") == "present"} {
  }

  module_result run() {
    auto wanted = wanted_keys();
    if (!wanted)
      return module_result::failure(wanted.why());
    if (auto fine = find_file(); !fine)
      return module_result::failure(fine.why());
    auto edit = open();
    if (!edit)
      return module_result::failure(edit.why());
    if (auto on = read_lines(edit->before); !on)
      return module_result::failure(on.why());
    merge(*wanted);
    auto out = report();
    if (!differs_) {
      if (args_.has("path"))
        add_path_info(out, path_, ctx_);
      return out;
    }
    out.changed = true;
    auto followed = args_.flag("follow");
    if (auto made = make_folder(parent_of(followed ? named_ : edit->path));
        !made)
      return module_result::failure(made.why());
    file_attributes fresh{.mode = 0600};
    if (user_) {
      fresh.uid = user_->uid;
      fresh.gid = user_->gid;
    }
    if (auto done = end_edit(*edit, text_after(), ctx_, out, fresh); !done)
      return module_result::failure(done.why());
    if (args_.has("path"))
      add_path_info(out, path_, ctx_);
    return out;
  }

private:
  result<std::vector<ssh_key_line>> wanted_keys() const {
    auto text = args_.text("key");
    if (text.starts_with("http"))
      return error{errc::unsupported,
                   "a key that is an address is not fetched: fetch it first, "
                   "or write the key itself"};
    for (auto field : {"key_options", "comment"})
      if (args_.text(field).find_first_of("\r\n") != std::string::npos)
        return error{errc::invalid_argument,
                     fmt::format("'{}' cannot hold a line end", field)};
    std::vector<ssh_key_line> out;
    for (auto& line : whole_lines(text)) {
      auto plain = trimmed_text(line);
      if (plain.empty() || plain[0] == '#')
        continue;
      auto parsed = parse_key_line(plain);
      if (!parsed || plain.find('\0') != std::string::npos)
        return error{errc::invalid_argument,
                     fmt::format("invalid key specified: {}", plain)};
      if (args_.has("key_options"))
        parsed->options = parse_key_options(args_.text("key_options"));
      if (args_.has("comment"))
        parsed->comment = args_.text("comment");
      out.push_back(*std::move(parsed));
    }
    return out;
  }

  result<void> find_file() {
    auto name = args_.text("user");
    user_ = ctx_.machine.accounts().user(name);
    path_ = path_argument(args_, "path", ctx_);
    if (!user_ && !(ctx_.check_mode && args_.has("path")))
      return error{errc::not_found,
                   fmt::format("Failed to lookup user {}: there is no such "
                               "account",
                               name)};
    if (path_.empty())
      path_ = joined(joined(user_->home, ".ssh"), "authorized_keys");
    named_ = path_;
    return {};
  }

  /// The user, who may put links into his home, is not to lead root to another
  /// file: without `follow` the home counts, with the links on the way to it,
  /// and from there on there is none. `manage_dir: false` says that the folder
  /// is not the user's.
  result<text_edit> open() {
    if (args_.flag("follow")) {
      auto edit = begin_edit(path_, ctx_);
      if (edit)
        path_ = edit->path;
      return edit;
    }
    auto name = base_name(path_);
    auto folder = parent_of(path_);
    auto own = manages_folder();
    auto top = files_.real_path(own ? parent_of(folder) : folder);
    // What is not there has no links, and is made or found missing later.
    if (!top)
      return begin_edit(path_, ctx_);
    if (own) {
      folder = joined(*top, base_name(folder));
      if (auto fine = check_folder(folder); !fine)
        return fine.why();
    } else {
      folder = *top;
    }
    return begin_edit_without_links(joined(folder, name), ctx_);
  }

  bool manages_folder() const {
    return args_.flag("manage_dir") && user_;
  }

  /// Whether the folder is missing.
  result<bool> check_folder(const std::string& folder) const {
    auto there = files_.status(folder, false);
    if (!there)
      return there.why();
    if (!*there || (*there)->kind == file_kind::directory)
      return !*there;
    return error{errc::invalid_argument,
                 fmt::format("cannot manage the folder '{}': it is {}", folder,
                             name_of((*there)->kind))};
  }

  result<void> read_lines(const std::string& before) {
    for (auto& line : whole_lines(before)) {
      if (auto on = may_go_on(ctx_, lines_.size()); !on)
        return on;
      auto parsed = parse_key_line(line);
      auto entry = parsed ? *std::move(parsed) : ssh_key_line{line, {}, {}, {}};
      // A key that stands there twice is one key.
      auto [known, is_new] = places_.try_emplace(entry.key, lines_.size());
      if (is_new)
        lines_.emplace_back(std::move(entry));
      else
        lines_[known->second] = std::move(entry);
    }
    return {};
  }

  void merge(const std::vector<ssh_key_line>& wanted) {
    for (auto& key : wanted) {
      auto known = places_.find(key.key);
      auto there = known != places_.end();
      auto* line = there ? &*lines_[known->second] : nullptr;
      auto same = line && line->kind == key.kind && line->comment == key.comment
                  && same_key_options(*line, key);
      if (present_ ? same : !there)
        continue;
      if (there) {
        lines_[known->second].reset();
        places_.erase(known);
      }
      if (present_) {
        places_.emplace(key.key, lines_.size());
        lines_.emplace_back(key);
      }
      differs_ = true;
    }
    if (present_ && args_.flag("exclusive"))
      remove_others(wanted);
  }

  void remove_others(const std::vector<ssh_key_line>& wanted) {
    std::unordered_set<std::string_view> kept;
    for (auto& key : wanted)
      kept.insert(key.key);
    for (auto& line : lines_)
      if (line && !kept.contains(line->key)) {
        line.reset();
        differs_ = true;
      }
  }

  std::string text_after() const {
    std::string out;
    for (auto& line : lines_) {
      if (!line)
        continue;
      if (!out.empty() && !out.ends_with("\n"))
        out += '\n';
      out += key_line_text(*line);
    }
    return out;
  }

  /// The folder of the keys belongs to the user. A link that the user has put
  /// in its place leads nobody elsewhere: what is followed to write into a file
  /// gives away no folder.
  result<void> make_folder(const std::string& folder) {
    if (!manages_folder())
      return {};
    if (args_.flag("follow"))
      if (auto there = files_.status(folder, false);
          there && *there && (*there)->kind == file_kind::symlink)
        return {};
    auto missing = check_folder(folder);
    if (!missing)
      return missing.why();
    if (*missing)
      if (auto made = files_.make_directory(folder, 0700); !made)
        return made;
    if (auto own = files_.set_owner(folder, user_->uid, user_->gid, false);
        !own)
      return own;
    return files_.set_mode(folder, 0700);
  }

  module_result report() const {
    module_result out;
    for (auto name :
         {"user", "key", "path", "manage_dir", "state", "key_options",
          "exclusive", "comment", "validate_certs", "follow"})
      out.data.set(name, args_.has(name) ? *args_.find(name) : value{});
    out.data.set("keyfile", path_);
    return out;
  }

  const arguments& args_;
  const module_context& ctx_;
  file_system& files_;
  bool present_;
  std::optional<user_account> user_;
  std::string path_;
  // With the links in it.
  std::string named_;
  /// Those that go leave their places empty.
  std::vector<std::optional<ssh_key_line>> lines_;
  /// Where each key stands.
  std::unordered_map<std::string, size_t> places_;
  bool differs_ = false;
};

argument key_flag(std::string_view name, std::string_view summary,
                  bool fallback) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

class authorized_key final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "authorized_key",
      .summary = "Adds and removes keys with which one may log in.",
      .arguments
      = {{.name = "user", .summary = "Who may log in.", .required = true},
         {.name = "key",
          .summary = "The public keys, one a line.",
          .required = true},
         {.name = "state",
          .summary = "Whether they shall be there.",
          .fallback = "present",
          .choices = {"absent", "present"}},
         {.name = "path",
          .type = arg_type::path,
          .summary = "The file; silent: `.ssh/authorized_keys` in the home."},
         key_flag("manage_dir",
                  "Make the folder of the file, for its owner only.", true),
         {.name = "key_options",
          .summary = "What stands before the keys: `from=\"10.*\",no-pty`."},
         key_flag("exclusive", "Remove all other keys and lines.", false),
         {.name = "comment", .summary = "What stands behind the keys."},
         key_flag("follow", "Write through a link instead of refusing it.",
                  false),
         key_flag("validate_certs", "Without effect: no address is fetched.",
                  true)},
      .lock = "authorized_key",
      .resource = {"key of", {"user"}},
      .example
      = R"({"authorized_key": {"user": "deploy", "key": "{{ lookup('file', 'deploy.pub') }}"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return authorized_key_work{args, ctx}.run();
  }
};

const register_module authorized_key_registration{
  std::make_shared<authorized_key>()};

} // namespace

} // namespace troupe
