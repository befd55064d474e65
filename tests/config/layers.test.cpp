#include "tests/support/places.hpp"
#include "tests/support/source_code.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace troupe::test;

namespace {

using texts = std::vector<std::string>;

/// Each may include itself and what stands before it.
const texts layers{"platform", "config", "modules", "actors", "tests"};

int rank_of(std::string_view layer) {
  auto at = std::find(layers.begin(), layers.end(), layer);
  return at == layers.end() ? -1 : static_cast<int>(at - layers.begin());
}

std::string first_part(std::string_view path) {
  return std::string{path.substr(0, path.find('/'))};
}

/// Headers of the operating system, as opposed to the language's.
bool is_system_header(const std::string& name) {
  static const std::set<std::string> folders{
    "sys", "net", "netinet", "netpacket", "arpa", "linux", "asm", "mach"};
  static const std::set<std::string> files{
    "aio.h",     "dirent.h",  "dlfcn.h",   "fcntl.h",  "fnmatch.h", "ftw.h",
    "glob.h",    "grp.h",     "ifaddrs.h", "mntent.h", "netdb.h",   "poll.h",
    "pthread.h", "pty.h",     "pwd.h",     "sched.h",  "shadow.h",  "signal.h",
    "spawn.h",   "syslog.h",  "termios.h", "unistd.h", "utime.h",   "utmp.h",
    "utmpx.h",   "wordexp.h", "windows.h"};
  return files.contains(name)
         || (name.find('/') != std::string::npos
             && folders.contains(first_part(name)));
}

/// The layers and files that may include `<name>`; empty: all of them.
texts users_of(const std::string& name) {
  if (name.starts_with("caf/"))
    return {"actors", "tests"};
  if (name.starts_with("boost/multiprecision/"))
    return {"config/value/big_integer.cpp"};
  if (name == "simdjson.h")
    return {"config"};
  if (name.starts_with("Poco/") || name.starts_with("mbedtls/")
      || name.starts_with("minizip/") || is_system_header(name))
    return {"platform", "tests"};
  if (name.starts_with("catch2/"))
    return {"tests"};
  return {};
}

/// What is wrong with one `#include` of a file; empty when nothing is.
std::string judge(const std::string& path, const std::string& included,
                  bool quoted) {
  auto layer = first_part(path);
  if (!quoted) {
    auto allowed = users_of(included);
    if (allowed.empty()
        || std::any_of(allowed.begin(), allowed.end(),
                       [&](auto& x) { return x == layer || x == path; }))
      return {};
    return fmt::format("{}: <{}> does not belong there", path, included);
  }
  auto target = rank_of(first_part(included));
  if (target < 0)
    return fmt::format("{}: \"{}\" is not written from the root", path,
                       included);
  auto own = rank_of(layer);
  // The tests of a layer see what that layer sees.
  if (layer == "tests" && first_part(included) != "tests")
    if (auto of = rank_of(first_part(path.substr(6))); of >= 0)
      own = of;
  if (target > own)
    return fmt::format("{}: \"{}\" is included against the direction", path,
                       included);
  return {};
}

/// Whether `code` calls the global function `name`: not a member, not a part
/// of a longer name.
bool calls(const std::string& code, const std::string& name) {
  auto call = name + "(";
  for (auto at = code.find(call); at != std::string::npos;
       at = code.find(call, at + 1)) {
    auto before = at == 0 ? '\n' : code[at - 1];
    bool member = before == '.' || (at > 1 && code.substr(at - 2, 2) == "->");
    bool longer = before == '_' || (before >= '0' && before <= '9')
                  || (before >= 'a' && before <= 'z')
                  || (before >= 'A' && before <= 'Z');
    if (!member && !longer)
      return true;
  }
  return false;
}

/// Paths of all sources, relative to the root.
texts sources() {
  return troupe::test::source_files(troupe::test::source_path(), layers);
}

std::string source(const std::string& path) {
  return read_file(source_path() + "/" + path);
}

} // namespace

TEST_CASE("includes go one way and libraries stay where they belong",
          "[config][layers]") {
  texts wrong;
  auto all = sources();
  CHECK(all.size() > 200);
  for (auto& path : all) {
    std::istringstream lines{source(path)};
    for (std::string line; std::getline(lines, line);) {
      constexpr std::string_view mark = "#include ";
      if (!line.starts_with(mark) || line.size() <= mark.size())
        continue;
      bool quoted = line[mark.size()] == '"';
      auto start = mark.size() + 1;
      auto end = line.find_first_of("\">", start);
      auto complaint = judge(path, line.substr(start, end - start), quoted);
      if (!complaint.empty())
        wrong.push_back(complaint);
    }
  }
  CHECK(wrong == texts{});
}

TEST_CASE("no two headers define a type of the same name", "[config][layers]") {
  // The linker would take one of the two for both, without a word.
  std::map<std::string, std::string> places;
  texts wrong;
  for (auto& path : sources()) {
    if (!path.ends_with(".hpp") || path.starts_with("tests/"))
      continue;
    std::istringstream lines{source(path)};
    for (std::string line; std::getline(lines, line);) {
      auto start = line.starts_with("class ")    ? 6U
                   : line.starts_with("struct ") ? 7U
                                                 : 0U;
      if (start == 0 || line.ends_with(';'))
        continue;
      if (line.substr(start).starts_with("[["))
        start = static_cast<unsigned>(line.find("]] ") + 3);
      auto name = line.substr(start, line.find_first_of(" {:<", start) - start);
      if (auto known = places.emplace(name, path);
          !known.second && known.first->second != path)
        wrong.push_back(
          fmt::format("{}: {} and {}", name, known.first->second, path));
    }
  }
  CHECK(places.size() > 100);
  CHECK(wrong == texts{});
}

TEST_CASE("what is slow, unsafe or flaky is not used", "[config][layers]") {
  texts wrong;
  for (auto& path : sources()) {
    auto code = code_of(source(path));
    auto forbid = [&](bool found, const char* what) {
      if (found)
        wrong.push_back(fmt::format("{}: {} is not used here", path, what));
    };
    // Its matching recurses over the text and overflows the stack.
    forbid(code.find("std::regex") != std::string::npos, "std::regex");
    forbid(calls(code, "system"), "system");
    forbid(calls(code, "popen"), "popen");
    // Tests own the time or wait for what they want to see.
    if (path.starts_with("tests/"))
      forbid(code.find("sleep_for") != std::string::npos, "sleep_for");
  }
  CHECK(wrong == texts{});
}

TEST_CASE("the language asks the world through its machine only",
          "[config][layers]") {
  texts wrong;
  for (auto& path : sources()) {
    if (!path.starts_with("config/language/"))
      continue;
    auto code = code_of(source(path));
    for (auto* call : {"getenv", "open", "fopen", "stat", "time", "localtime_r",
                       "mktime", "getuid"})
      if (calls(code, call))
        wrong.push_back(fmt::format("{} calls {}", path, call));
    for (auto* name :
         {"std::filesystem", "ifstream", "std::time(", "system_clock::now"})
      if (code.find(name) != std::string::npos)
        wrong.push_back(fmt::format("{} uses {}", path, name));
  }
  CHECK(wrong == texts{});
}

TEST_CASE("the rules of the layers tell right from wrong", "[config][layers]") {
  auto [path, included, quoted, right]
    = GENERATE(table<std::string, std::string, bool, bool>({
      {"actors/run.cpp", "modules/module.hpp", true, true},
      {"modules/copy.cpp", "actors/run.hpp", true, false},
      {"platform/posix/files.cpp", "config/json.hpp", true, false},
      {"tests/config/json.test.cpp", "modules/module.hpp", true, false},
      {"tests/support/modules.hpp", "modules/module.hpp", true, true},
      {"config/json.cpp", "json.hpp", true, false},
      {"config/json.cpp", "simdjson.h", false, true},
      {"modules/copy.cpp", "unistd.h", false, false},
      {"modules/copy.cpp", "sys/stat.h", false, false},
      {"platform/posix/files.cpp", "sys/stat.h", false, true},
      {"config/json.cpp", "caf/all.hpp", false, false},
      {"config/json.cpp", "Poco/File.h", false, false},
      {"actors/run.cpp", "catch2/catch.hpp", false, false},
      {"config/json.cpp", "string", false, true},
    }));
  INFO(path << " includes " << included);
  CHECK(judge(path, included, quoted).empty() == right);
  CHECK(calls("x = ::system(y)", "system"));
  CHECK_FALSE(calls("self->system().spawn()", "system"));
  CHECK_FALSE(calls("collect_system(x)", "system"));
  CHECK(code_of("a /* b */ \"c\\\"d\" 'e' 1'000 R\"(f\")\" g // h")
        == "a    1'000  g ");
}

TEST_CASE("no file hides a function of a header from its neighbours",
          "[config][layers]") {
  std::map<std::string, std::string> files;
  for (auto& path : sources())
    files[path] = source(path);
  CHECK(hidden_calls(files) == texts{});
}

TEST_CASE("a call that a neighbour takes is found", "[config][layers]") {
  const std::string header = "namespace troupe { bool is_letter(uint32_t x); }";
  const std::string hiding
    = "namespace troupe { namespace { bool is_letter(char c) {} } }";
  auto calling = [](const std::string& body) {
    return "#include \"config/text/word.hpp\"\n"
           "namespace troupe { bool f(uint32_t x) { "
           + body + " } }";
  };
  auto [what, from, text, use, found] = GENERATE_COPY(
    table<std::string, std::string, std::string, std::string, bool>({
      {"plain", "config/a.cpp", hiding, "return is_letter(x);", true},
      {"in an expression", "config/a.cpp", hiding, "if (!is_letter(x)) g();",
       true},
      {"behind directives", "config/a.cpp", "#include \n#if 1\n" + hiding,
       "return is_letter(x);", true},
      {"from afar", "modules/a.cpp", hiding, "return is_letter(x);", false},
      {"with its namespace", "config/a.cpp", hiding,
       "return troupe::is_letter(x);", false},
      {"a member", "config/a.cpp", hiding, "return y.is_letter(x);", false},
      {"a local function", "config/a.cpp", hiding,
       "auto is_letter = [](uint32_t) {}; return is_letter(x);", false},
      {"a longer name", "config/a.cpp", hiding, "return no_is_letter(x);",
       false},
      {"of a header that is not included", "config/a.cpp",
       "namespace troupe { namespace { bool g(char c) {} } }", "return g(x);",
       false},
      {"not hidden", "config/a.cpp",
       "namespace troupe { bool is_letter(uint32_t x) {} }",
       "return is_letter(x);", false},
      {"a member of a class", "config/a.cpp",
       "namespace troupe { namespace { struct s { bool is_letter(char); }; } }",
       "return is_letter(x);", false},
      {"another name", "config/a.cpp",
       "namespace troupe { namespace { bool is_blank(char c) {} } }",
       "return is_letter(x);", false},
    }));
  INFO(what);
  auto seen = hidden_calls(
    {{"config/text/letters.hpp", header},
     {"config/text/word.hpp", "#include \"config/text/letters.hpp\"\n"},
     {"modules/other.hpp", "namespace troupe { bool g(int); }"},
     {from, text},
     {"config/b.cpp", calling(use)}});
  CHECK(seen
        == (found ? texts{from
                          + " hides is_letter of "
                            "config/text/letters.hpp from config/b.cpp"}
                  : texts{}));
}
