#include "modules/module.hpp"
#include "modules/support/accounts/user_work.hpp"

namespace troupe {

namespace {

argument user_flag(std::string_view name, std::string_view summary,
                   value fallback = {},
                   std::vector<std::string_view> aliases = {}) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = std::move(fallback),
          .aliases = std::move(aliases)};
}

argument user_number(std::string_view name, std::string_view summary) {
  return {.name = name, .type = arg_type::integer, .summary = summary};
}

std::vector<argument> key_arguments() {
  return {user_flag("generate_ssh_key", "Generate a key, unless there is one."),
          {.name = "ssh_key_bits",
           .type = arg_type::integer,
           .summary = "Its length; 0: what ssh-keygen takes.",
           .fallback = 0},
          {.name = "ssh_key_type",
           .summary = "Its kind, as ssh-keygen calls it.",
           .fallback = "rsa"},
          {.name = "ssh_key_file",
           .type = arg_type::path,
           .summary = "Where it goes, seen from the home; silent: "
                      "`.ssh/id_TYPE`."},
          {.name = "ssh_key_comment",
           .summary = "Its comment; silent: `ansible-generated on HOST`."},
          {.name = "ssh_key_passphrase",
           .summary = "What protects it; silent: nothing.",
           .secret = true}};
}

/// Of other systems than this engine runs on.
std::vector<argument> foreign_arguments() {
  constexpr auto none = "Without effect: of other systems than Linux.";
  return {user_flag("hidden", none),
          {.name = "login_class", .summary = none},
          {.name = "profile", .summary = none},
          {.name = "authorization", .summary = none},
          {.name = "role", .summary = none}};
}

std::vector<argument> user_arguments() {
  std::vector<argument> out{
    {.name = "name",
     .summary = "The user.",
     .required = true,
     .aliases = {"user"}},
    {.name = "state",
     .summary = "Whether it shall be there.",
     .fallback = "present",
     .choices = {"absent", "present"}},
    user_number("uid", "Its number."),
    user_flag("non_unique", "Another user may have the number.", false),
    {.name = "group", .summary = "Its first group, by name or number."},
    {.name = "groups",
     .type = arg_type::list,
     .summary = "Its other groups; an empty list: none."},
    user_flag("append", "Keep the groups that it is in.", false),
    {.name = "comment", .summary = "Usually the name of the person."},
    {.name = "home", .type = arg_type::path, .summary = "Its home."},
    {.name = "shell", .summary = "Its shell."},
    {.name = "password",
     .summary = "The hash of its password, as crypt(3) makes it.",
     .secret = true},
    {.name = "update_password",
     .summary = "When the password is set.",
     .fallback = "always",
     .choices = {"always", "on_create"}},
    user_flag("password_lock", "Whether nobody can log in by a password."),
    user_number("password_expire_max",
                "Days after which the password must be changed."),
    user_number("password_expire_min",
                "Days before which it cannot be changed."),
    {.name = "expires",
     .type = arg_type::real,
     .summary = "When the account ends, in seconds since 1970; less than 0: "
                "never."},
    user_flag("create_home", "Make the home if it is missing.", true,
              {"createhome"}),
    user_flag("move_home", "Move the old home to the new place.", false),
    {.name = "skeleton",
     .summary = "Folder that a new home is a copy of; silent: /etc/skel."},
    {.name = "umask", .summary = "Umask with which a new home is made."},
    user_flag("system", "A new one is a user of the system.", false),
    user_flag("force", "Remove one that is logged in; replace a key.", false),
    user_flag("remove", "Remove home and mail too.", false),
    user_flag("local", "Use the tools of libuser, which know only the files "
                       "of this host and no directory."),
    {.name = "seuser", .summary = "The user of SELinux that it is."}};
  for (auto& more : key_arguments())
    out.push_back(std::move(more));
  for (auto& more : foreign_arguments())
    out.push_back(std::move(more));
  return out;
}

class user_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "user",
      .summary = "Adds, changes and removes users.",
      .arguments = user_arguments(),
      .lock = "accounts",
      .resource = {"user", {"name"}},
      .example
      = R"({"user": {"name": "deploy", "shell": "/bin/bash", "groups": ["adm"], "append": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_user(args, ctx);
  }
};

const register_module user_registration{std::make_shared<user_module>()};

} // namespace

} // namespace troupe
