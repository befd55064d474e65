#include "actors/lint/lint.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

/// A program that a module replaces.
struct known_program {
  std::string_view name;
  /// Words of which one has to be among its arguments; empty: it may have none;
  /// "*": any that is no option, for without one it only tells.
  std::string_view verbs;
  /// Nothing is said when it is not there; empty: a keyword does it.
  std::string_view module;
  std::string_view instead;
};

constexpr std::string_view package_verbs
  = "install remove purge update upgrade dist-upgrade autoremove";
constexpr std::string_view service_verbs
  = "start stop restart reload enable disable";

constexpr known_program programs[] = {
  {"mkdir", "", "file", "'file' with 'state: directory'"},
  {"rm", "", "file", "'file' with 'state: absent'"},
  {"touch", "", "file", "'file' with 'state: touch'"},
  {"ln", "", "file", "'file' with 'state: link' (or 'hard') and 'src'"},
  {"chmod", "", "file", "'file' with 'mode'"},
  {"chown", "", "file", "'file' with 'owner'"},
  {"chgrp", "", "file", "'file' with 'group'"},
  {"cp", "", "copy", "'copy' with 'remote_src: true'"},
  {"test", "-e -f -d", "stat", "'stat' with 'register'"},
  {"sleep", "", "wait_for", "'wait_for' with 'timeout'"},
  {"systemctl",
   "start stop restart reload enable disable mask unmask "
   "daemon-reload",
   "systemd", "'systemd', or 'service'"},
  {"service", service_verbs, "service", "'service' with 'state'"},
  {"update-rc.d", "", "service", "'service' with 'enabled'"},
  {"chkconfig", "", "service", "'service' with 'enabled'"},
  {"apt-get", package_verbs, "apt", "'apt', or 'package'"},
  {"apt", package_verbs, "apt", "'apt', or 'package'"},
  {"dpkg", "-i --install", "apt", "'apt' with 'deb'"},
  {"yum", package_verbs, "yum", "'yum', or 'package'"},
  {"dnf", package_verbs, "dnf", "'dnf', or 'package'"},
  {"zypper", package_verbs, "zypper", "'zypper', or 'package'"},
  {"apk", "add del", "apk", "'apk', or 'package'"},
  {"brew", "install uninstall", "homebrew", "'homebrew'"},
  {"useradd", "", "user", "'user'"},
  {"usermod", "", "user", "'user'"},
  {"groupadd", "", "group", "'group'"},
  {"crontab", "*", "cron", "'cron'"},
  {"git", "clone pull checkout", "git", "'git'"},
  {"tar", "", "unarchive", "'unarchive'"},
  {"unzip", "", "unarchive", "'unarchive'"},
  {"wget", "", "get_url", "'get_url'"},
  {"curl", "-o -O --output", "get_url", "'get_url'"},
  {"sed", "-i", "replace", "'replace', or 'lineinfile'"},
  {"mount", "*", "mount", "'mount'"},
  {"hostname", "*", "hostname", "'hostname'"},
  {"sudo", "", "", "the command alone with 'become: true'"},
};

constexpr std::string_view shell_marks = "|&;<>$`*?[](){}~#\n\\";

// What only a shell knows.
constexpr std::string_view builtins[] = {
  "!",       ".",      ":",     "[",       "alias",     "bg",       "break",
  "builtin", "case",   "cd",    "command", "compgen",   "continue", "declare",
  "dirs",    "disown", "echo",  "enable",  "eval",      "exec",     "exit",
  "export",  "false",  "fg",    "for",     "getopts",   "hash",     "help",
  "history", "if",     "jobs",  "kill",    "let",       "local",    "mapfile",
  "popd",    "printf", "pushd", "read",    "readarray", "readonly", "return",
  "select",  "set",    "shift", "shopt",   "source",    "test",     "time",
  "times",   "trap",   "true",  "type",    "typeset",   "ulimit",   "umask",
  "unalias", "unset",  "until", "wait",    "while",     "{"};

bool is_command(const lint_task& t) {
  return t.is("command") || t.is("shell");
}

/// The line that a task runs, with templates in it made one word.
std::string plain_line(const lint_task& t) {
  std::string out;
  auto line = t.command_line();
  for (size_t at = 0; at < line.size();) {
    auto end = line.compare(at, 2, "{{") == 0 ? line.find("}}", at)
                                              : std::string::npos;
    if (end == std::string::npos) {
      out += line[at++];
    } else {
      out += 'x';
      at = end + 2;
    }
  }
  return out;
}

std::vector<std::string> words_of(const lint_task& t) {
  if (auto* argv = t.argument("argv"); argv && argv->is_list()) {
    std::vector<std::string> out;
    for (auto& each : argv->as_list())
      out.emplace_back(each.text_or(""));
    return out;
  }
  auto words = split_command(plain_line(t));
  return words ? *words : std::vector<std::string>{};
}

bool has_word(std::string_view among, std::string_view word) {
  for (size_t at = 0; at <= among.size();) {
    auto end = std::min(among.find(' ', at), among.size());
    if (among.substr(at, end - at) == word)
      return true;
    at = end + 1;
  }
  return false;
}

std::string_view base_of(std::string_view program) {
  auto slash = program.rfind('/');
  return slash == std::string_view::npos ? program : program.substr(slash + 1);
}

bool runs(const known_program& x, const std::vector<std::string>& words) {
  if (words.empty() || base_of(words.front()) != x.name)
    return false;
  auto is_meant = [&](auto& word) {
    return x.verbs == "*" ? !word.starts_with("-") : has_word(x.verbs, word);
  };
  return x.verbs.empty()
         || std::any_of(words.begin() + 1, words.end(), is_meant);
}

/// What to write instead of the program; null: nothing.
const known_program* better_way(const lint_task& t, const lint_plan& p) {
  // Only done once: somebody has thought about it.
  if (!is_command(t) || t.gives("creates") || t.gives("removes"))
    return nullptr;
  if (t.is("shell")
      && plain_line(t).find_first_of(shell_marks) != std::string::npos)
    return nullptr;
  auto words = words_of(t);
  for (auto& each : programs)
    if (runs(each, words)
        && (each.module.empty() || p.ctx.known_modules->find(each.module)))
      return &each;
  return nullptr;
}

/// Whether the module compares before it acts.
bool is_change(const known_program& x) {
  return !x.module.empty() && x.module != "wait_for" && x.module != "stat";
}

source_place line_place(const lint_task& t) {
  for (auto* name : {"_raw_params", "cmd", "argv"})
    if (auto* x = t.argument(name))
      return place_of(*x, t.what->place);
  return part_of(t.what->place, t.what->marks.module);
}

} // namespace

void find_commands_of_modules(const lint_plan& p, const name_table&,
                              const lint_report& report) {
  for (auto& each : p.tasks)
    if (auto* better = better_way(each, p))
      report(
        {line_place(each),
         fmt::format("'{}': write {} instead{}", better->name, better->instead,
                     is_change(*better)
                       ? "; it changes only what differs, and --check "
                         "predicts it"
                       : "")});
}

void find_idle_shells(const lint_plan& p, const name_table&,
                      const lint_report& report) {
  for (auto& each : p.tasks) {
    auto line = plain_line(each);
    auto words = words_of(each);
    bool plain
      = each.is("shell") && !words.empty()
        && line.find_first_of(shell_marks) == std::string::npos
        && words.front().find('=') == std::string::npos
        && !each.argument("executable")
        && std::find(std::begin(builtins), std::end(builtins), words.front())
             == std::end(builtins);
    if (plain && !better_way(each, p))
      report({line_place(each), "nothing in this line needs a shell; 'command' "
                                "starts the program without one"});
  }
}

void find_shell_words(const lint_plan& p, const name_table&,
                      const lint_report& report) {
  constexpr std::string_view signs[]
    = {"|", "||", "&&", ";", ">", ">>", "<", "&", "2>&1", "2>"};
  constexpr std::string_view of_files
    = "rm ls cp mv cat chmod chown chgrp tar touch";
  for (auto& each : p.tasks) {
    if (!each.is("command") || each.argument("argv"))
      continue;
    auto words = words_of(each);
    // Whoever quotes means an argument, as does `find ... -exec ... ;`.
    bool quoted
      = plain_line(each).find_first_of("'\"\\") != std::string::npos
        || std::find(words.begin(), words.end(), "-exec") != words.end();
    auto found = std::find_if(words.begin(), words.end(), [&](auto& word) {
      bool is_sign = std::find(std::begin(signs), std::end(signs), word)
                     != std::end(signs);
      return !quoted && (is_sign || (word.size() > 1 && word.back() == ';'));
    });
    if (found == words.end() && !quoted && !words.empty()
        && has_word(of_files, base_of(words.front())))
      found = std::find_if(words.begin(), words.end(), [](auto& word) {
        return word.find('*') != std::string::npos;
      });
    if (found != words.end())
      report({line_place(each),
              fmt::format("'{}' is an argument of the program here, as "
                          "'command' starts no shell; write 'shell'",
                          *found)});
  }
}

void find_unsafe_pipes(const lint_plan& p, const name_table&,
                       const lint_report& report) {
  for (auto& each : p.tasks) {
    auto line = plain_line(each);
    for (auto at = line.find("||"); at != std::string::npos;
         at = line.find("||", at))
      line.erase(at, 2);
    if (each.is("shell") && line.find('|') != std::string::npos
        && line.find("pipefail") == std::string::npos)
      report({line_place(each),
              "only the last program of a pipe counts; with 'set -o pipefail' "
              "and 'executable: /bin/bash' all do"});
  }
}

void find_always_changed(const lint_plan& p, const name_table&,
                         const lint_report& report) {
  for (auto& each : p.tasks)
    if ((is_command(each) || each.is("raw") || each.is("script"))
        && !each.handler && each.what->changed_when.is_null()
        && !each.gives("creates") && !each.gives("removes"))
      report({line_place(each),
              "this counts as changed each time; say 'changed_when', "
              "'creates' or 'removes'"});
}

} // namespace troupe
