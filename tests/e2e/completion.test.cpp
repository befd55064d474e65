#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>

using namespace troupe;

// What shells offer at the end of a line. Each shell is asked itself: bash by
// calling the function, fish by its own command, zsh on a terminal of its own,
// as it completes nowhere else.

namespace {

/// What zsh reads when it starts: what is offered goes into a file, and it
/// ends once it was offered.
constexpr const char* zsh_start = R"(PROMPT=
autoload -Uz compinit
compinit -u -d "$ZDOTDIR/dump"
source $COMPLETION
bindkey '^I' complete-word
all_said() { exit }
comppostfuncs=(all_said)
compadd() {
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a hits
    builtin compadd -O hits "$@"
    (( $#hits )) && print -rl -- $hits >> $OFFERED
  fi
  builtin compadd "$@"
}
)";

constexpr const char* zsh_terminal = R"(zmodload zsh/zpty
zpty z zsh -i
zpty -w -n z "$1"$'\t'
while zpty -r z; do :; done > /dev/null
)";

/// The words as bash cuts a line, then the answer of the function.
constexpr const char* bash_call = R"(. "$1"
COMP_WORDS=()
line=${2//=/ = }
line=${line//:/ : }
line=${line//@/ @ }
for word in $line; do COMP_WORDS+=("$word"); done
case $line in *' ') COMP_WORDS+=('') ;; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_troupe
printf '%s\n' "${COMPREPLY[@]}"
)";

class asked_shell {
public:
  explicit asked_shell(std::string name) : name_{std::move(name)} {
    script_ = dir_ / "script";
    test::write_file(script_, test::run_troupe({"completion", name_}).out);
    test::write_file(dir_ / "home/.zshrc", zsh_start);
    test::write_file(dir_ / "terminal", zsh_terminal);
    test::write_file(dir_ / "call", bash_call);
    test::write_file(dir_ / "tagged.yml", "tasks:\n  - command: ls\n"
                                          "    tags: [web, db]\n");
    test::write_file(dir_ / "site.ini", "[app]\nh1\nh2\n[db]\nh3\n");
  }

  /// What is offered, sorted, with blanks between.
  std::string offers(const std::string& line) const {
    std::string out;
    if (name_ == "bash")
      out = run("bash call ./script '" + line + "'");
    else if (name_ == "fish")
      out = run("fish -N -c 'source ./script; complete -C \"" + line + "\"'");
    else
      out = run("zsh -f terminal '" + line
                + "'; touch offered; cat offered; rm offered");
    std::set<std::string> words;
    std::istringstream lines{out};
    for (std::string each; std::getline(lines, each);) {
      each = each.substr(0, each.find('\t'));
      // An argument, behind which its value comes.
      if (each.ends_with('='))
        each.pop_back();
      // Some repeat what the line has before it.
      each.erase(0, each.find_last_of("=,:@") + 1);
      if (!each.empty())
        words.insert(each);
    }
    return fmt::format("{}", fmt::join(words, " "));
  }

  std::string run(const std::string& line) const {
    auto path = fmt::format("{}:{}", test::built_path(), std::getenv("PATH"));
    auto home = dir_ / "home";
    auto shell = fmt::format("cd '{0}' && export TROUPE_STATE_DIR='{0}/state' "
                             "&& {{ {1}\n}} 2>&1",
                             dir_.path(), line);
    return test::run_program("/bin/sh", {"-c", shell},
                             {{"PATH", path},
                              {"HOME", home},
                              {"ZDOTDIR", home},
                              {"XDG_CONFIG_HOME", home},
                              {"TERM", "xterm"},
                              {"COMPLETION", script_},
                              {"OFFERED", dir_ / "offered"}})
      .out;
  }

private:
  std::string name_;
  test::temp_dir dir_;
  std::string script_;
};

struct offer_case {
  const char* line;
  const char* offered;
};

constexpr offer_case cases[] = {
  {"troupe ru", "run runs"},
  {"troupe run --para", "--parallel"},
  {"troupe run -e a=b --det", "--detailed-exitcode"},
  {"troupe run p --output te", "text"},
  {"troupe run p --output=te", "text"},
  {"troupe run tag", "tagged.yml"},
  {"troupe run tagged.yml --tags ", "db web"},
  {"troupe run --check tagged.yml --tags w", "web"},
  {"troupe run -e a=b tagged.yml --skip-tags db,w", "web"},
  // One that was chosen is not offered again.
  {"troupe run tagged.yml --tags web,", "db"},
  {"troupe run tagged.yml --tags=web,", "db"},
  {"troupe run tagged.yml --tags web,db,", ""},
  {"troupe run p --parallel ", ""},
  {"troupe run p -c ", "docker local podman ssh"},
  {"troupe run p --connection=l", "local"},
  {"troupe run p --become-method su", "su sudo"},
  {"troupe run p -i site.ini -l ", "all app db h1 h2 h3 ungrouped"},
  {"troupe run p --inventory=site.ini --limit app,h", "h1 h2 h3"},
  {"troupe run p -i site.ini -l app:d", "db"},
  {"troupe run p -i site.ini --limit=app:d", "db"},
  {"troupe run p -e @tag", "tagged.yml"},
  {"troupe run tagged.yml --start-at-task c", "command"},
  {"troupe vault encr", "encrypt encrypt_string"},
  {"troupe vault encrypt tag", "tagged.yml"},
  {"troupe vault encrypt --encr", "--encrypt-vault-id"},
  {"troupe vault view --vault-password-file tag", "tagged.yml"},
  {"troupe key new --he", "--help"},
  {"troupe run p --user t", ""},
  {"troupe run p --start-at-task t", ""},
  {"troupe run p --report tag", "tagged.yml"},
  {"troupe undo --task t", ""},
  {"troupe lint --skip unused-h", "unused-handler"},
  {"troupe lint --skip missing-file,unused-h", "unused-handler"},
  {"troupe validate run --hos", "--host"},
  {"troupe modules assem", "assemble"},
  {"troupe help assem", "assemble"},
  {"troupe do assem", "assemble"},
  {"troupe do -m assem", "assemble"},
  {"troupe do -i site.ini assem", "assemble"},
  {"troupe do -i site.ini --hosts d", "db"},
  {"troupe do -i site.ini --hosts=app,d", "db"},
  {"troupe do ping d", "data"},
  {"troupe do --check -m copy dest=/a con", "content"},
  {"troupe do copy src=tag", "tagged.yml"},
  {"troupe do file path=/a state=", "absent directory file hard link touch"},
  {"troupe do file recurse=", "false true"},
  {"troupe do service name=x state=st", "started stopped"},
  {"troupe inventory -i site.ini --host h", "h1 h2 h3"},
  {"troupe graph p --run la", "last"},
  {"troupe help und", "undo"},
  {"troupe completion fi", "fish"},
  {"troupe key ", "new"},
};

bool is_there(const std::string& shell) {
  return test::run_program("/bin/sh", {"-c", "command -v " + shell}).rc == 0;
}

void check(const std::string& shell) {
  if (!is_there(shell)) {
    WARN(shell << " is missing: its completion was not tried");
    return;
  }
  asked_shell asked{shell};
  for (auto& each : cases) {
    INFO(shell << ": " << each.line);
    CHECK(asked.offers(each.line) == each.offered);
  }
  asked.run("troupe run tagged.yml");
  auto run = asked.run("troupe runs | sed 1d | cut -d' ' -f1");
  run.pop_back();
  for (auto* line : {"troupe runs ", "troupe undo ", "troupe resume "}) {
    INFO(shell << ": " << line);
    CHECK(asked.offers(line) == run + " last");
  }
}

} // namespace

TEST_CASE("bash completes commands, options and values",
          "[e2e][completion][M131]") {
  check("bash");
}

TEST_CASE("zsh completes commands, options and values",
          "[e2e][completion][M131]") {
  check("zsh");
}

TEST_CASE("fish completes commands, options and values",
          "[e2e][completion][M131]") {
  check("fish");
}

TEST_CASE("there is no completion for other shells", "[e2e][completion]") {
  CHECK(test::run_troupe({"completion", "csh"}).rc == 64);
}
