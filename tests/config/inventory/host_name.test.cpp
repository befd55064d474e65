#include "config/inventory/host_name.hpp"

#include "config/inventory/inventory_data.hpp"
#include "config/inventory/line_words.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace troupe;

namespace {

std::string expanded(std::string_view text) {
  auto out = expand_ranges(text);
  return out ? fmt::format("{}", fmt::join(*out, " "))
             : "error: " + out.why().message;
}

std::string address(std::string_view text) {
  auto out = parse_address(text);
  return !out        ? "none"
         : out->port ? fmt::format("{} {}", out->name, *out->port)
                     : out->name;
}

} // namespace

TEST_CASE("ranges in names of hosts stand for many",
          "[config][inventory][M141][host_name]") {
  auto [text, wanted] = GENERATE(table<const char*, const char*>({
    {"web1", "web1"},
    {"web[1:3]", "web1 web2 web3"},
    {"web[01:10:3].example.com",
     "web01.example.com web04.example.com web07.example.com "
     "web10.example.com"},
    {"db-[a:c]", "db-a db-b db-c"},
    {"db-[a:e:2]", "db-a db-c db-e"},
    {"n[8:12:2]", "n8 n10 n12"},
    {"n[:2]", "n0 n1 n2"},
    {"r[1:2]n[a:b]", "r1na r1nb r2na r2nb"},
    {"n[3:1]", ""},
    {"n[y:B]", "ny nz nA nB"},
    {"n[01:9]", "error: both ends of [01:9] must be equally long, as the first "
                "begins with 0"},
    {"n[c:a]", "error: the range [c:a] ends before it begins"},
    {"n[1:]", "error: the range [1:] has no end"},
    {"n[1]", "error: expected [BEGIN:END] or [BEGIN:END:STEP], found [1]"},
    {"n[1:2", "error: the range that begins with '[' has no ']'"},
    {"n[1:2:0]", "error: expected numbers or single letters as ends of "
                 "[1:2:0], and a step above 0"},
  }));
  CHECK(expanded(text) == wanted);
}

TEST_CASE("ranges are bounded", "[config][inventory][M141][host_name][M121]") {
  CHECK(expand_ranges("n[1:100000]")->size() == inventory_data::most_hosts);
  CHECK_FALSE(expand_ranges("n[0:100000]"));
  CHECK(expand_ranges("n[1:1000]m[1:100]"));
  CHECK_FALSE(expand_ranges("n[1:1000]m[0:100]"));
  CHECK_FALSE(expand_ranges("n[0:999999999999999999]"));
  CHECK_FALSE(expand_ranges("n[0:99999999999999999999]"));
  CHECK(expand_ranges(std::string(longest_host_name, 'x')));
  CHECK_FALSE(expand_ranges(std::string(longest_host_name + 1, 'x')));
}

TEST_CASE("a port stands behind a name or an address in brackets",
          "[config][inventory][M141][host_name]") {
  auto [text, wanted] = GENERATE(table<const char*, const char*>({
    {"web1", "web1"},
    {"web1:2222", "web1 2222"},
    {"web[1:3]:22", "web[1:3] 22"},
    {"192.0.2.1:22", "192.0.2.1 22"},
    {"2001:db8::1", "2001:db8::1"},
    {"::1", "::1"},
    {"::", "::"},
    {"[2001:db8::1]:22", "2001:db8::1 22"},
    {"2001:db8::192.0.2.1", "2001:db8::192.0.2.1"},
    {"2001:db8::[1:9]", "2001:db8::[1:9]"},
    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    {"1:2:3:4:5:6:7", "none"},
    {"1::2::3", "none"},
    {"web:prod", "none"},
    {"web:&prod", "none"},
    {"-web", "none"},
    {"web-", "none"},
    {"a..b", "none"},
    {"under_score", "under_score"},
    {"*.example.com", "none"},
    {"web:x22", "none"},
    {"", "none"},
  }));
  INFO(text);
  CHECK(address(text) == wanted);
}

TEST_CASE("words of a line are cut as a shell does, with comments",
          "[config][inventory][M141][line_words]") {
  auto [line, wanted] = GENERATE(table<const char*, const char*>({
    {"a b=1", "a|b=1"},
    {"a b='x y' c=\"z\\\"\"", "a|b=x y|c=z\""},
    {"a b=c#d e", "a|b=c"},
    {"a b='c#d'", "a|b=c#d"},
    {"a\\ b", "a b"},
    {"a '' b", "a||b"},
    {"\"a\\b\"", "a\\b"},
    {"# all", ""},
    {"a b='x", "error 4"},
    {"a b\\", "error 3"},
  }));
  INFO(line);
  line_words words{line};
  auto cut = words.cut();
  std::vector<std::string> texts;
  if (cut)
    for (auto& each : *cut)
      texts.push_back(each.text);
  CHECK((cut ? fmt::format("{}", fmt::join(texts, "|"))
             : fmt::format("error {}", words.at()))
        == wanted);
}
