#include "config/redactor.hpp"

#include "config/value/base64.hpp"
#include "config/value/excerpt.hpp"
#include "config/value/json.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe;

namespace {

std::string hidden(const std::vector<std::string>& secrets, std::string text) {
  redactor{secrets}.hide_in(text);
  return text;
}

} // namespace

TEST_CASE("secrets become stars wherever they are", "[config][M092]") {
  redactor secrets{{"s3cret\"value", "s3cret", "abc"}};
  std::string text = "a s3cret\"value, \"s3cret\\\"value\", s3cret, abc";
  secrets.hide_in(text);
  CHECK(text == "a ********, \"********\", ********, abc");
  value x{dict{{"s3cret", list{"x s3cret y", 1, dict{{"k", "plain"}}}},
               {"b", "czNjcmV0InZhbHVl"}}};
  auto before = x;
  secrets.hide_in(x);
  CHECK(to_json(x)
        == R"({"********":["x ******** y",1,{"k":"plain"}],"b":"********"})");
  // What others hold is not changed.
  CHECK(to_json(before).find("s3cret") != std::string::npos);
}

TEST_CASE("a number that is a secret becomes stars", "[config][M092]") {
  std::vector<std::string> texts;
  collect_texts(value{dict{{"pin", 1234567891}, {"rate", 1.25}, {"n", 443}}},
                texts);
  CHECK(texts == std::vector<std::string>{"1234567891"});
  texts.emplace_back("8731.5");
  redactor secrets{texts};
  value x{dict{{"pin", 1234567891},
               {1234567891, true},
               {"more", list{12345678910, 234567891, 8731.5, -1234567891}}}};
  CHECK(secrets.finds(x));
  secrets.hide_in(x);
  CHECK(to_json(x)
        == R"({"pin":"********","********":true,)"
           R"("more":[12345678910,234567891,"********",-1234567891]})");
}

TEST_CASE("nothing to hide changes nothing", "[config][M092]") {
  redactor secrets{{"", "abc"}};
  std::string text = "abc";
  secrets.hide_in(text);
  CHECK(text == "abc");
  CHECK_FALSE(secrets.finds(value{"abc"}));
}

TEST_CASE("a secret is found in the forms that are made of it",
          "[config][M092]") {
  // clang-format off
  auto [secret, text, shown] = GENERATE(table<std::string, std::string, std::string>({
    {"p\xc3\xa4ss-w\xc3\xb6rd", R"("p\u00e4ss-w\u00f6rd")", "\"********\""},
    {"a/b c&d'e", R"("a\/b c&d'e")", "\"********\""},
    {"a/b c&d'e", "?x=a/b%20c%26d%27e&y", "?x=********&y"},
    {"a/b c&d'e", "?x=a%2Fb%20c%26d%27e&y", "?x=********&y"},
    {"a/b c&d'e", "?x=a%2Fb+c%26d%27e&y", "?x=********&y"},
    {"a/b c&d'e", "<a/b c&amp;d&#39;e>", "<********>"},
    {"a/b c&d'e", R"(echo 'a/b c&d'"'"'e')", "echo '********'"},
    {"it's \"so\" x", R"(['it\'s "so" x'])", "['********']"},
    {"a.b*c+d", R"(^a\.b\*c\+d$)", "^********$"},
    // user:SECRET, us:SECRET and u:SECRET, which begin at each place of three.
    {"SECRET-VALUE", "dXNlcjpTRUNSRVQtVkFMVUU=", "dXNlcjp********U="},
    {"SECRET-VALUE", "dXM6U0VDUkVULVZBTFVF", "dXM6********"},
    {"SECRET-VALUE", "dTpTRUNSRVQtVkFMVUU=", "dTp********U="},
    {"\xff\xfe\xfd\xfc\xfb\xfa", "__79_Pv6", "********"},
    {"SECRET", "534543524554", "********"},
    {"a\xf0\x9f\x94\x91z\x01", R"("a\U0001F511z\x01")", "\"********\""},
    {"it's \"so\" x", R"(['{"k":"it\'s \\"so\\" x"}'])", R"(['{"k":"********"}'])"},
    {"a b'c", R"(ls: '/x/a b'\''c': none)", "ls: '/x/********': none"},
    {"name of it", "[\"name-of-it\"]", "[\"********\"]"},
    // In a text with other quotes than its own.
    {"it's so", R"('a "b" it\'s so')", R"('a "b" ********')"},
    {"a.b c", R"({"like":"^a\\.b\\ c$"})", R"({"like":"^********$"})"},
    {"S\xc3\xbd-x", "53c3bd2d78 53C3BD2D78", "******** ********"},
    // Taken for an address.
    {"a%2Fb %41$", "'/no/a/b A$': none, a/b%20A$", "'/no/********': none, ********"},
    // Words that were put together anew, a field of fstab.
    {"a  long\tword ", "key= a long word;", "key= ********;"},
    {"a  long\\word", R"(user=x,password=a\040\040long\134word 0 0)",
     "user=x,password=******** 0 0"},
    {"a  long word", R"({"line":"pass=a\\040long\\040word 0"})",
     R"({"line":"pass=******** 0"})"},
  }));
  // clang-format on
  INFO(secret << " in " << text);
  CHECK(hidden({secret}, text) == shown);
}

TEST_CASE("each line of a secret of several lines is one", "[config][M092]") {
  std::string key = "-----BEGIN KEY-----\n  MIIBVgIBADAN\nshort\nx==\n";
  CHECK(hidden({key}, key) == "********");
  CHECK(hidden({key}, "    MIIBVgIBADAN\n") == "    ********\n");
  CHECK(hidden({key}, R"(["-----BEGIN KEY-----","  MIIBVgIBADAN"])")
        == R"(["********","  ********"])");
  // Of five bytes, which says little; of six, which is looked for.
  CHECK(hidden({key}, "a short word") == "a short word");
  CHECK(hidden({"first\nsix!!!"}, "a six!!! word") == "a ******** word");
}

TEST_CASE("long secrets are found in lines of base64", "[config][M092]") {
  std::string secret;
  for (int i = 0; i < 150; ++i)
    secret += static_cast<char>('a' + i % 26);
  auto letters = encode_base64(secret);
  std::string lines;
  std::string shown;
  for (size_t at = 0; at < letters.size(); at += 76) {
    lines += letters.substr(at, 76) + "\n";
    shown += "********\n";
  }
  CHECK(hidden({secret}, lines) == shown);
}

TEST_CASE("parts of a long secret are hidden where it was folded or cut",
          "[config][M092]") {
  std::string secret;
  for (unsigned i = 0; secret.size() < 8193; i = i * 1103515245 + 12345)
    secret += static_cast<char>('A' + (i >> 16U) % 50);
  auto [size, part, shown] = GENERATE(table<size_t, size_t, bool>({
    {63, 24, true},
    {64, 24, false},
    {64, 23, true},
    {8192, 24, false},
    {8193, 24, true},
  }));
  INFO(part << " bytes of " << size);
  auto known = secret.substr(0, size);
  auto text = "<" + known.substr(size - part - 1, part) + ">";
  CHECK(hidden({known}, text) == (shown ? text : "<********>"));
}

TEST_CASE("the words of a secret are hidden by a wider one", "[config][M092]") {
  redactor secrets{{"correct \"horse\" /battery/sta'ple'd"}};
  auto shown = [&](std::string text) {
    secrets.wider().hide_in(text);
    return text;
  };
  std::string words = "correct horse battery";
  secrets.hide_in(words);
  CHECK(words == "correct horse battery");
  // Of five bytes, which are in every text; of six or more.
  CHECK(shown(words) == "******** horse ********");
  CHECK(shown("no directory '/battery'") == "no directory '/********'");
  CHECK(shown("['/battery/stapled']") == "['/********/********']");
  CHECK(shown("correct \"horse\" /battery/sta'ple'd") == "********");
  // Divided once, with all of the blanks on either side.
  redactor pair{{"a b c{ d}=e f=g h /i"}};
  for (std::string part :
       {"a b c{ d}", "e f=g h /i", "a b c{ d}=e f", "a b c{ d}=e f=g h "}) {
    auto text = "<" + part + ">";
    pair.wider().hide_in(text);
    CHECK(text == "<********>");
  }
  redactor one{{"correct-horse"}};
  CHECK(&one.wider() == &one);
}

TEST_CASE("secrets that overlap are hidden to the last byte",
          "[config][M092]") {
  CHECK(hidden({"abcdef", "defghi"}, "<abcdefghi>") == "<********>");
  CHECK(hidden({"abcdefgh", "cdef"}, "<abcdefgh>") == "<********>");
  CHECK(hidden({"aaaa"}, "baaaaaaab") == "b********b");
  CHECK(hidden({"abcd"}, "abcdabcd") == "****************");
}

TEST_CASE("a gap leaves no half of a secret", "[config][M092]") {
  auto [head, tail, shown_head, shown_tail]
    = GENERATE(table<std::string, std::string, std::string, std::string>({
      {"say s3cret-", "value now", "say ********", "******** now"},
      {"say s3cret-valu", " now", "say ********", " now"},
      {"say s", "ow", "say ********", "ow"},
      {"say", "3cret-value", "say", "********"},
      {"nothing", "at all", "nothing", "at all"},
    }));
  CHECK(hidden({"s3cret-value"}, with_gap(head, 12, tail))
        == with_gap(shown_head, 12, shown_tail));
  // Without a gap it is what it is.
  CHECK(hidden({"s3cret-value"}, head) == head);
}

TEST_CASE("an excerpt divides no character and hides no part of a secret",
          "[config][M092]") {
  CHECK(excerpt("abcdef", 6) == "abcdef");
  CHECK(excerpt("abcdef", 5) == "abcde[... 1 bytes left out ...]");
  CHECK(excerpt("ab\xc3\xa4", 3) == "ab[... 2 bytes left out ...]");
  CHECK(hidden({"s3cret-value"}, excerpt("it is s3cret-value", 9))
        == "it is ********[... 9 bytes left out ...]");
}

TEST_CASE("a redactor knows what one below it knows", "[config][redactor]") {
  redactor below{{"first secret", "aaaa bbbbbb"}};
  redactor uut{{"second"}, &below};
  std::string text = "first secret, second, bbbbbb";
  auto wider = text;
  uut.hide_in(text);
  CHECK(text == "********, ********, bbbbbb");
  uut.wider().hide_in(wider);
  CHECK(wider.find("bbbbbb") == std::string::npos);
  CHECK(wider.find("second") == std::string::npos);
  CHECK_FALSE(below.finds(std::string_view{"second"}));
}
