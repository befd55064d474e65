#include "actors/remote/carrier.hpp"

#include "actors/remote/call_server.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Whether `$NAME` or `${NAME}` stands here, and not what a shell would
/// execute.
bool is_variable(std::string_view text) {
  auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  bool braces = text.starts_with("${");
  text.remove_prefix(braces ? 2 : 1);
  if (text.empty() || !letter(text.front()))
    return false;
  if (!braces)
    return true;
  auto end = std::find_if_not(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9');
  });
  return end != text.end() && *end == '}';
}

/// A text between double quotes of a shell, which puts in the variables that it
/// names.
std::string in_double_quotes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '"' || c == '\\' || c == '`'
        || (c == '$' && !is_variable(text.substr(i))))
      out += '\\';
    out += c;
  }
  return out;
}

/// The folder of the engine, as a shell there finds it.
std::string shell_folder(const std::string& folder) {
  if (folder.empty())
    return R"("${XDG_CACHE_HOME:-$HOME/.cache}/troupe")";
  if (folder.starts_with("~/"))
    return "\"$HOME/" + in_double_quotes(folder.substr(2)) + '"';
  return '"' + in_double_quotes(folder) + '"';
}

/// Starts the engine, and takes it in before where it is missing or not whole.
/// What tasks make there has the mask of the login, not that of the engine's
/// file.
/// Without a folder that somebody has named it is kept elsewhere where the
/// usual one cannot be made or executes nothing. Everybody may make names in
/// those places: what is there has to be seen at once as a folder of its own.
/// One line, without single quotes and exclamation marks: login shells of all
/// kinds hand it on to sh.
std::string starting_script(const connection_setting& to,
                            const sent_engine& engine) {
  return fmt::format(
    R"sh(u=$(umask); umask 77; i=$(id -u); )sh"
    R"sh(m=$(uname -m); if [ "$m" = {architecture} ]; then :; )sh"
    R"sh(else echo "{other}$m"; exit 90; fi; )sh"
    R"sh(s() {{ if command -v sha256sum >/dev/null 2>&1; )sh"
    R"sh(then printf "%s  %s\n" {digest} "$e" | sha256sum -c >/dev/null 2>&1; )sh"
    R"sh(else [ "$(wc -c <"$e")" -eq {size} ]; fi; }}; )sh"
    R"sh(k() {{ d=$1; e="$d/engine-{digest}"; t="$d/.new-$$"; )sh"
    R"sh(mkdir -p "$d" && [ -O "$d" ] || return 1; )sh"
    R"sh(if [ -O "$e" ] && [ -x "$e" ] && s; then t=; return 0; fi; )sh"
    R"sh(true >"$t" && chmod 700 "$t" && [ -x "$t" ] && return 0; )sh"
    R"sh(rm -f "$t"; return 1; }}; )sh"
    R"sh(o() {{ for f in {places}; do f="$f/.troupe-$i"; )sh"
    R"sh(mkdir "$f" 2>/dev/null; set -- $(ls -ldn "$f" 2>/dev/null); )sh"
    R"sh(case "$1 $3" in drwx------*" $i") k "$f" && return 0;; esac; )sh"
    R"sh(done; return 1; }}; )sh"
    R"sh(k {folder} || o || {{ echo {fails}; exit 91; }}; )sh"
    R"sh([ -z "$t" ] || {{ echo {asks} && head -c {size} >"$t" && )sh"
    R"sh(mv -f "$t" "$e" && s || )sh"
    R"sh({{ rm -f "$t"; echo {fails}; exit 91; }}; }}; )sh"
    R"sh(umask "$u"; exec "$e" {serve})sh",
    fmt::arg("folder", shell_folder(to.folder)),
    fmt::arg("places", to.folder.empty() ? "/tmp /var/tmp /dev/shm" : ""),
    fmt::arg("digest", engine.digest), fmt::arg("size", engine.bytes.size()),
    fmt::arg("architecture", engine.architecture),
    fmt::arg("other", is_other_machine), fmt::arg("asks", asks_for_engine),
    fmt::arg("fails", cannot_keep_engine_word),
    fmt::arg("serve", serve_calls_argument));
}

void add_option(std::vector<std::string>& to, std::string_view name,
                const std::string& value) {
  if (value.empty())
    return;
  to.emplace_back("-o");
  to.push_back(fmt::format("{}={}", name, value));
}

result<void> add_words(std::vector<std::string>& to, const std::string& text) {
  if (text.empty())
    return {};
  auto words = split_command(text);
  if (!words)
    return words.why();
  to.insert(to.end(), words->begin(), words->end());
  return {};
}

/// What was said for this host comes first: of an option ssh takes the first
/// value.
result<void> add_ssh(process_spec& out, const connection_setting& to) {
  auto& argv = out.argv;
  if (!to.password.empty()) {
    argv = {"sshpass", "-e"};
    out.environment.emplace_back("SSHPASS", to.password);
  }
  argv.push_back(to.program.empty() ? "ssh" : to.program);
  // The one that is there carries all of a run, and what is started with it
  // ends with it: so would the lines of others.
  add_option(argv, "ControlMaster", "no");
  argv.emplace_back("-T");
  if (auto added = add_words(argv, to.ssh_args); !added)
    return added;
  if (auto added = add_words(argv, to.common_args); !added)
    return added;
  if (auto added = add_words(argv, to.extra_args); !added)
    return added;
  add_option(argv, "Port", to.port);
  add_option(argv, "User", to.user);
  if (!to.key_file.empty())
    add_option(argv, "IdentityFile", '"' + to.key_file + '"');
  if (!to.checks_keys)
    add_option(argv, "StrictHostKeyChecking", "no");
  // Nobody is there to answer.
  if (to.password.empty())
    add_option(argv, "BatchMode", "yes");
  add_option(argv, "ConnectTimeout", fmt::format("{}", to.timeout));
  argv.emplace_back("--");
  argv.push_back(to.address);
  return {};
}

void add_exec(process_spec& out, const connection_setting& to,
              const char* program) {
  out.argv = {to.program.empty() ? program : to.program, "exec", "-i"};
  if (!to.user.empty()) {
    out.argv.emplace_back("-u");
    out.argv.push_back(to.user);
  }
  out.argv.emplace_back("--");
  out.argv.push_back(to.address);
}

} // namespace

result<process_spec> carrier_program(const connection_setting& to,
                                     const sent_engine& engine) {
  process_spec out;
  auto script = starting_script(to, engine);
  if (to.carrier == connection_setting::carriers::ssh) {
    if (auto added = add_ssh(out, to); !added)
      return added.why();
    out.argv.push_back("/bin/sh -c '" + script + "'");
    return out;
  }
  add_exec(out, to,
           to.carrier == connection_setting::carriers::docker ? "docker"
                                                              : "podman");
  for (auto* word : {"/bin/sh", "-c"})
    out.argv.emplace_back(word);
  out.argv.push_back(std::move(script));
  return out;
}

result<std::vector<std::string>> sudo_words(const std::string& program,
                                            const std::string& flags) {
  std::vector<std::string> out{program.empty() ? "sudo" : program};
  if (auto added = add_words(out, flags.empty() ? "-H" : flags); !added)
    return added.why();
  for (auto* each : {"-n", "-S"})
    std::erase(out, each);
  return out;
}

result<process_spec> sudo_program(const connection_setting& to,
                                  const std::string& engine) {
  auto words = sudo_words(to.program, to.extra_args);
  if (!words)
    return words.why();
  process_spec out;
  out.argv = std::move(*words);
  out.argv.insert(out.argv.end(), {"-u", to.address});
  if (to.password.empty())
    out.argv.emplace_back("-n");
  else
    // It asks on standard error, and only if it needs one.
    out.argv.insert(out.argv.end(),
                    {"-S", "-p", std::string{asks_for_password}});
  out.argv.insert(out.argv.end(), {"--", engine, serve_calls_argument});
  return out;
}

} // namespace troupe
