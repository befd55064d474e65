#include "platform/simulated/account_programs.hpp"

#include "platform/simulated/account_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace troupe {

namespace {

/// A command line: options by letter, with their words, and what is left.
struct account_call {
  simulated_host& machine;
  account_rows& rows;
  std::string program;
  std::map<char, std::string> options;
  std::vector<std::string> operands;
  const std::string& input;

  bool has(char option) const {
    return options.contains(option);
  }

  std::string word(char option, const std::string& fallback) const {
    auto at = options.find(option);
    return at == options.end() ? fallback : at->second;
  }

  program_answer fails(int rc, const std::string& words) const {
    return {.rc = rc, .err = fmt::format("{}: {}\n", program, words)};
  }

  program_answer no_group(const std::string& name) const {
    return fails(6, fmt::format("group '{}' does not exist", name));
  }

  program_answer no_user(int rc) const {
    return fails(rc, "no such user");
  }
};

struct account_program {
  const char* name;
  /// Letters of its options, those with a word before a colon.
  std::string_view options;
  program_answer (*run)(account_call&);
};

/// A number that is wanted, or the first free one; empty: it is taken.
std::string number_for(const account_call& call, char option,
                       const std::vector<account_fields>& table) {
  if (!call.has(option))
    return std::to_string(
      account_rows::free_number(table, call.has('r') ? 100 : 1000));
  auto number = call.word(option, "");
  return account_rows::has_number(table, number) && !call.has('o')
           ? std::string{}
           : number;
}

program_answer add_group(account_call& call) {
  auto& name = call.operands[0];
  if (call.rows.group(name))
    return call.fails(9, fmt::format("group '{}' already exists", name));
  auto number = number_for(call, 'g', call.rows.groups);
  if (number.empty())
    return call.fails(4, "GID already exists");
  call.rows.groups.push_back({name, "x", number, ""});
  return {};
}

program_answer change_group(account_call& call) {
  auto* row = call.rows.group(call.operands[0]);
  if (!row)
    return call.no_group(call.operands[0]);
  auto number = number_for(call, 'g', call.rows.groups);
  if (number.empty())
    return call.fails(4, "GID already exists");
  if (call.has('g'))
    (*row)[2] = number;
  return {};
}

program_answer remove_group(account_call& call) {
  auto* row = call.rows.group(call.operands[0]);
  if (!row)
    return call.no_group(call.operands[0]);
  for (auto& user : call.rows.users)
    if (user[3] == (*row)[2])
      return call.fails(8, fmt::format("cannot remove the primary group of "
                                       "user '{}'",
                                       user[0]));
  std::erase_if(call.rows.groups,
                [&](auto& each) { return each[0] == call.operands[0]; });
  return {};
}

/// Makes the user a member of these groups, and of others no longer unless it
/// is asked for. The name of one that is missing; empty: all are there.
std::string join_groups(account_call& call, const std::string& user) {
  auto names = cut_at(call.word('G', ""), ',');
  std::erase(names, "");
  for (auto& name : names)
    if (!call.rows.group(name))
      return name;
  if (!call.has('a'))
    for (auto& group : call.rows.groups)
      account_rows::set_member(group, user, false);
  for (auto& name : names)
    account_rows::set_member(*call.rows.group(name), user, true);
  return {};
}

program_answer add_user(account_call& call) {
  auto& name = call.operands[0];
  auto& rows = call.rows;
  if (rows.user(name))
    return call.fails(9, fmt::format("user '{}' already exists", name));
  auto uid = number_for(call, 'u', rows.users);
  if (uid.empty())
    return call.fails(4,
                      fmt::format("UID {} is not unique", call.word('u', "")));
  auto gid = call.has('N') ? std::string{"100"} : uid;
  if (call.has('g')) {
    auto* group = rows.group(call.word('g', ""));
    if (!group)
      return call.no_group(call.word('g', ""));
    gid = (*group)[2];
  } else if (!call.has('N')) {
    if (rows.group(name))
      return call.fails(9, fmt::format("group {} exists - if you want to add "
                                       "this user to that group, use -g.",
                                       name));
    if (account_rows::has_number(rows.groups, gid))
      gid = std::to_string(account_rows::free_number(rows.groups, 1000));
    rows.groups.push_back({name, "x", gid, ""});
  }
  if (auto missing = join_groups(call, name); !missing.empty())
    return call.no_group(missing);
  auto home = call.word('d', "/home/" + name);
  rows.users.push_back(
    {name, "x", uid, gid, call.word('c', ""), home, call.word('s', "/bin/sh")});
  rows.shadows.push_back({name, "!", "19000", "0", "99999", "7", "",
                          day_number(call.word('e', "")), ""});
  if (call.has('m') && !call.has('M')) {
    call.machine.disk.put_folder(home);
    static_cast<void>(call.machine.disk.set_owner(
      home, static_cast<uint32_t>(std::stoul(uid)),
      static_cast<uint32_t>(std::stoul(gid)), false));
  }
  return {};
}

void change_shadow(account_call& call, account_fields& shadow) {
  auto& password = shadow[1];
  if (call.has('L') && !password.starts_with("!"))
    password.insert(0, "!");
  if (call.has('U') && password.size() > 1 && password[0] == '!')
    password.erase(0, 1);
  if (call.has('e'))
    shadow[7] = day_number(call.word('e', ""));
}

program_answer change_user(account_call& call) {
  auto* row = call.rows.user(call.operands[0]);
  if (!row)
    return call.no_user(6);
  if (call.has('u'))
    (*row)[2] = call.word('u', "");
  if (call.has('g'))
    (*row)[3] = call.word('g', "");
  if (call.has('G'))
    if (auto missing = join_groups(call, (*row)[0]); !missing.empty())
      return call.no_group(missing);
  (*row)[4] = call.word('c', (*row)[4]);
  auto home = call.word('d', (*row)[5]);
  if (call.has('m') && home != (*row)[5])
    static_cast<void>(call.machine.disk.rename((*row)[5], home));
  (*row)[5] = home;
  (*row)[6] = call.word('s', (*row)[6]);
  if (auto* shadow = call.rows.shadow((*row)[0]))
    change_shadow(call, *shadow);
  return {};
}

program_answer remove_user(account_call& call) {
  auto& name = call.operands[0];
  auto* row = call.rows.user(name);
  if (!row)
    return call.no_user(6);
  if (call.has('r'))
    static_cast<void>(call.machine.disk.remove_all((*row)[5]));
  auto is_it = [&](auto& each) { return each[0] == name; };
  std::erase_if(call.rows.users, is_it);
  std::erase_if(call.rows.shadows, is_it);
  std::erase_if(call.rows.groups, [&](auto& group) {
    account_rows::set_member(group, name, false);
    return group[0] == name && group[3].empty();
  });
  return {};
}

program_answer set_passwords(account_call& call) {
  for (auto& line : cut_at(call.input, '\n')) {
    auto at = line.find(':');
    if (at == std::string::npos)
      continue;
    auto* shadow = call.rows.shadow(line.substr(0, at));
    if (!shadow)
      return call.fails(1, "error changing passwords");
    (*shadow)[1] = line.substr(at + 1);
  }
  return {};
}

program_answer set_ages(account_call& call) {
  auto* shadow = call.rows.shadow(call.operands[0]);
  if (!shadow)
    return call.no_user(1);
  (*shadow)[3] = call.word('m', (*shadow)[3]);
  (*shadow)[4] = call.word('M', (*shadow)[4]);
  return {};
}

program_answer ask_table(account_call& call) {
  auto& table = call.operands[0];
  auto* rows = call.rows.table(table);
  if (!rows)
    return {.rc = 1, .err = fmt::format("Unknown database: {}\n", table)};
  program_answer out;
  auto wanted = call.operands.size() > 1 ? call.operands[1] : std::string{};
  for (auto& row : *rows)
    if (wanted.empty() || row[0] == wanted || row[2] == wanted)
      out.out += fmt::format("{}\n", fmt::join(row, ":"));
  if (out.out.empty())
    out.rc = 2;
  return out;
}

constexpr account_program account_programs[] = {
  {"groupadd", "g:or", add_group},
  {"groupmod", "g:o", change_group},
  {"groupdel", "", remove_group},
  {"useradd", "u:og:NG:c:d:s:e:mMk:K:rZ:", add_user},
  {"usermod", "u:og:aG:c:d:ms:e:LU", change_user},
  {"userdel", "fr", remove_user},
  {"chpasswd", "e", set_passwords},
  {"chage", "m:M:", set_ages},
  {"getent", "s:", ask_table},
};

program_answer call_program(const account_program& which,
                            simulated_host& machine, const process_spec& spec) {
  account_rows rows{machine};
  auto input = spec.input.value_or("");
  account_call call{machine, rows, which.name, {}, {}, input};
  auto rest = false;
  for (size_t i = 1; i < spec.argv.size(); ++i) {
    auto& word = spec.argv[i];
    auto option = !rest && word.size() > 1 && word[0] == '-';
    if (!option) {
      call.operands.push_back(word);
    } else if (word == "--") {
      rest = true;
    } else if (word == "--encrypted"
               && which.name == std::string_view{"chpasswd"}) {
      call.options['e'];
    } else {
      auto at = which.options.find(word[1]);
      if (word.size() != 2 || word[1] == ':' || at == std::string_view::npos)
        return call.fails(2, "unknown option " + word);
      auto takes = which.options.substr(at + 1).starts_with(":");
      call.options[word[1]]
        = takes && i + 1 < spec.argv.size() ? spec.argv[++i] : std::string{};
    }
  }
  if (call.operands.empty() && call.program != "chpasswd")
    return call.fails(2, "which account?");
  auto out = which.run(call);
  // What it changes counts when it has run.
  if (out.rc == 0 && which.run != ask_table)
    out.effect = [rows](const process_spec&) mutable { rows.save(); };
  return out;
}

} // namespace

void install_account_programs(simulated_host& machine) {
  for (auto& each : account_programs)
    machine.programs.on_program(each.name,
                                [&machine, &each](const process_spec& spec) {
                                  return call_program(each, machine, spec);
                                });
}

} // namespace troupe
