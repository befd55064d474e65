#include "modules/module.hpp"
#include "modules/support/accounts/web_passwords.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/edited_file.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// A line of the file; what is no record has no user.
struct web_user_line {
  std::string user;
  std::string hash;
  std::string text;
  bool is_record = false;
};

/// Blank lines are left out.
result<std::vector<web_user_line>> read_web_users(const std::string& text) {
  std::vector<web_user_line> out;
  for (auto& line : whole_lines(text)) {
    auto plain = trimmed_text(line);
    if (plain.empty())
      continue;
    if (plain[0] == '#') {
      out.push_back({.text = line.ends_with("\n") ? line : line + "\n"});
      continue;
    }
    line.erase(line.find_last_not_of(" \t\r\n\v\f") + 1);
    auto parts = split_text(line, ':');
    if (parts.size() != 2)
      return error{
        errc::invalid_argument,
        fmt::format("malformed htpasswd file (error reading line {})",
                    out.size() + 1)};
    out.push_back({parts[0], parts[1], line + "\n", true});
  }
  return out;
}

/// One task of `htpasswd`.
class htpasswd_work {
public:
  htpasswd_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, path_{path_argument(args, "path", ctx)},
        name_{args.text("name")}, scheme_{args.text("crypt_scheme")},
        present_{args.text("state") == "present"} {
  }

  module_result run() {
    auto done = act();
    return done ? std::move(out_) : module_result::failure(done.why());
  }

private:
  result<void> act() {
    if (auto fine = check(); !fine)
      return fine;
    auto request = read_content_arguments(args_, ctx_);
    if (!request)
      return request.why();
    request->dest = path_;
    edited_file file{*std::move(request), ctx_};
    file.is_plain = true;
    if (auto ready = file.open(); !ready)
      return ready;
    if (!file.exists())
      return present_ ? create(file) : nothing();
    auto lines = read_web_users(file.content());
    if (!lines)
      return lines.why();
    lines_ = *std::move(lines);
    return present_ ? set(file) : remove(file);
  }

  result<void> check() const {
    constexpr size_t longest = 255;
    if (auto fine = check_whole(args_, "path"); !fine)
      return fine;
    if (name_.find_first_of(std::string_view{":\n\r\t\0", 5})
        != std::string::npos)
      return error{
        errc::invalid_argument,
        fmt::format("user contains invalid characters: '{}'", name_)};
    if (name_.size() > longest)
      return error{errc::invalid_argument,
                   fmt::format("user must be at most {} characters: '{}'",
                               longest, name_)};
    if (trimmed_text(name_).starts_with("#"))
      return error{errc::invalid_argument,
                   fmt::format("'{}' would be a remark", name_)};
    return {};
  }

  result<std::string> line() const {
    if (!args_.has("password"))
      return error{
        errc::missing_argument,
        fmt::format("a password is needed to add the user '{}'", name_)};
    auto hash = web_password(args_.text("password"), scheme_);
    return hash ? name_ + ":" + *hash + "\n" : hash;
  }

  result<void> nothing() {
    out_.msg = fmt::format("{} not present", name_);
    out_.warnings.push_back(fmt::format("{} does not exist", path_));
    return {};
  }

  result<void> create(edited_file& file) {
    if (!args_.flag("create"))
      return error{errc::not_found,
                   fmt::format("Destination {} does not exist", path_)};
    auto text = line();
    if (!text)
      return text.why();
    if (auto made = file.make_folder(); !made)
      return made;
    return finish(file, *text,
                  ctx_.check_mode
                    ? fmt::format("Create {}", path_)
                    : fmt::format("Created {} and added {}", path_, name_));
  }

  result<void> set(edited_file& file) {
    // Of several lines for a user servers take the first.
    auto at = lines_.begin();
    while (at != lines_.end() && (!at->is_record || at->user != name_))
      ++at;
    auto known = at != lines_.end();
    if (known
        && (!args_.has("password")
            || is_web_password(args_.text("password"), at->hash, scheme_)))
      return finish(file, std::nullopt,
                    fmt::format("{} already present", name_));
    auto text = line();
    if (!text)
      return text.why();
    if (known)
      at->text = *text;
    else
      lines_.push_back({.text = *text});
    return finish(file, joined_lines(), fmt::format("Add/update {}", name_));
  }

  result<void> remove(edited_file& file) {
    auto gone = std::erase_if(
      lines_, [&](auto& each) { return each.is_record && each.user == name_; });
    if (gone == 0)
      return finish(file, std::nullopt, fmt::format("{} not present", name_));
    return finish(file, joined_lines(), fmt::format("Remove {}", name_));
  }

  std::string joined_lines() const {
    std::string out;
    for (auto& each : lines_)
      out += each.text;
    return out;
  }

  result<void> finish(edited_file& file, std::optional<std::string> text,
                      std::string msg) {
    out_ = file.finish(text ? std::optional<std::string_view>{*text}
                            : std::nullopt,
                       std::move(msg));
    // What it would show is for nobody.
    out_.diff = value{};
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string path_;
  std::string name_;
  std::string scheme_;
  bool present_;
  std::vector<web_user_line> lines_;
  module_result out_;
};

class htpasswd final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "htpasswd",
      .summary = "Sets passwords in files that web servers read, and removes "
                 "users.",
      .arguments = with_file_arguments({
        {.name = "path",
         .type = arg_type::path,
         .summary = "The file.",
         .required = true,
         .aliases = {"dest", "destfile"}},
        {.name = "name",
         .summary = "The user.",
         .required = true,
         .aliases = {"username"}},
        {.name = "password",
         .summary = "The password; needed to add a user.",
         .secret = true},
        {.name = "crypt_scheme",
         .summary = "How it is kept: `apr_md5_crypt`, `bcrypt`, `des_crypt`, "
                    "`ldap_sha1`, `md5_crypt`, `plaintext`, `sha256_crypt`, "
                    "`sha512_crypt`.",
         .fallback = "apr_md5_crypt",
         .aliases = {"hash_scheme"}},
        {.name = "state",
         .summary = "Whether the user shall be there.",
         .fallback = "present",
         .choices = {"present", "absent"}},
        {.name = "create",
         .type = arg_type::boolean,
         .summary = "Make a file that is missing.",
         .fallback = true},
      }),
      .aliases = {"community.general.htpasswd"},
      .resource = {"web user", {"name"}},
      .example
      = R"({"htpasswd": {"path": "/etc/nginx/users", "name": "jane", "password": "{{ web_password }}", "group": "www-data", "mode": "0640"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return htpasswd_work{args, ctx}.run();
  }
};

const register_module htpasswd_registration{std::make_shared<htpasswd>()};

} // namespace

} // namespace troupe
