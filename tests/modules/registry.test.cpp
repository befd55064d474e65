#include "modules/module.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>

using namespace troupe;

namespace {

class fake final : public task_module {
public:
  explicit fake(std::string_view name, std::string_view summary = "") {
    spec_.name = name;
    spec_.summary = summary;
    spec_.aliases = {"pretend"};
  }

  const module_spec& spec() const override {
    return spec_;
  }

  module_result run(const arguments&, const module_context&) const override {
    return {};
  }

private:
  module_spec spec_;
};

module_spec example_spec() {
  module_spec out;
  out.name = "example";
  out.arguments = {
    {.name = "path",
     .type = arg_type::path,
     .summary = "p",
     .required = true,
     .aliases = {"dest"}},
    {.name = "flag",
     .type = arg_type::boolean,
     .summary = "f",
     .fallback = true},
    {.name = "count", .type = arg_type::integer, .summary = "c"},
    {.name = "ratio", .type = arg_type::real, .summary = "r"},
    {.name = "names", .type = arg_type::list, .summary = "n"},
    {.name = "numbers",
     .type = arg_type::list,
     .summary = "n",
     .elements = arg_type::integer},
    {.name = "extra", .type = arg_type::dict, .summary = "e"},
    {.name = "state", .summary = "s", .choices = {"present", "absent"}},
    {.name = "mode", .type = arg_type::mode, .summary = "m"},
    {.name = "wait", .type = arg_type::duration, .summary = "w"},
    {.name = "search", .type = arg_type::pattern, .summary = "s"},
  };
  out.mutually_exclusive = {{"count", "ratio"}};
  return out;
}

const module_spec& spec() {
  static const auto instance = example_spec();
  return instance;
}

std::string complaint(const dict& given) {
  auto out = check_arguments(spec(), given);
  REQUIRE_FALSE(out);
  return out.why().message;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("modules are found by name, alias and full name",
          "[modules][registry][M040]") {
  auto& all = builtin_modules();
  REQUIRE(all.find("copy"));
  CHECK(all.find("ansible.builtin.copy") == all.find("copy"));
  CHECK(all.find("ansible.legacy.copy") == all.find("copy"));
  CHECK(all.find("gather_facts") == all.find("setup"));
  for (auto* name : {"systemd_service", "ansible.builtin.systemd_service",
                     "ansible.legacy.systemd_service"})
    CHECK(all.find(name) == all.find("systemd"));
  CHECK(all.find("ansible.posix.acl") == all.find("acl"));
  CHECK(all.find("community.crypto.openssh_keypair")
        == all.find("openssh_keypair"));
  CHECK(all.find("community.general.pacman") == all.find("pacman"));
  CHECK_FALSE(all.find("no_such_module"));
  CHECK(all.nearest("coppy") == "copy");
  CHECK(all.nearest("ansible.builtin.templete") == "template");
}

TEST_CASE("a module can be registered and replaced",
          "[modules][registry][M040]") {
  module_registry registry;
  registry.add(std::make_shared<fake>("b"));
  registry.add(std::make_shared<fake>("a", "first"));
  registry.add(std::make_shared<fake>("a", "second"));
  REQUIRE(registry.all().size() == 2);
  CHECK(registry.all()[0]->spec().name == "a");
  CHECK(registry.find("a")->spec().summary == "second");
  CHECK(registry.find("pretend"));
}

TEST_CASE("arguments are converted and completed",
          "[modules][arguments][M040]") {
  auto out = check_arguments(spec(), {{"dest", "/x"},
                                      {"count", "5"},
                                      {"names", "a,b"},
                                      {"numbers", list{"1", 2}},
                                      {"extra", "k=v w='x y'"},
                                      {"mode", "0644"},
                                      {"wait", "1m30s"}});
  REQUIRE(out);
  CHECK(out->text("path") == "/x");
  CHECK(out->flag("flag"));
  CHECK_FALSE(out->given("flag"));
  CHECK(out->integer("count") == 5);
  CHECK(out->texts("names") == std::vector<std::string>{"a", "b"});
  CHECK(*out->find("numbers") == value{list{1, 2}});
  CHECK(out->find("extra")->find("w")->as_string() == "x y");
  CHECK(out->duration("wait") == std::chrono::seconds{90});
  CHECK_FALSE(out->has("state"));
  CHECK(out->texts("state").empty());
}

TEST_CASE("words for bools are those of Ansible",
          "[modules][arguments][M040]") {
  for (auto* word : {"yes", "On", "TRUE", "1", "y", "t"})
    CHECK(
      check_arguments(spec(), {{"path", "x"}, {"flag", word}})->flag("flag"));
  for (auto* word : {"no", "off", "False", "0", "n", "f"})
    CHECK_FALSE(
      check_arguments(spec(), {{"path", "x"}, {"flag", word}})->flag("flag"));
  CHECK(contains(complaint({{"path", "x"}, {"flag", "maybe"}}),
                 "argument 'flag' must be a bool"));
}

TEST_CASE("a bool stands for the word among the choices that it is",
          "[modules][arguments][M040]") {
  module_spec spec{.name = "x",
                   .arguments
                   = {{.name = "a", .choices = {"all", "yes", "no", "none"}},
                      {.name = "b", .choices = {"yes", "on"}}}};
  auto got = check_arguments(spec, {{"a", true}});
  REQUIRE(got);
  CHECK(got->text("a") == "yes");
  got = check_arguments(spec, {{"a", false}});
  REQUIRE(got);
  CHECK(got->text("a") == "no");
  CHECK_FALSE(check_arguments(spec, {{"b", true}}));
  CHECK_FALSE(check_arguments(spec, {{"b", false}}));
}

TEST_CASE("every problem is reported, not only the first",
          "[modules][arguments][M005][M040]") {
  auto text = complaint({{"pth", "x"},
                         {"count", "many"},
                         {"ratio", 1.5},
                         {"state", "presnt"},
                         {"mode", "\t"}});
  CHECK(contains(text, "unknown argument 'pth'; did you mean 'path'?"));
  // Which was meant by that.
  CHECK(!contains(text, "missing argument 'path'"));
  CHECK(contains(text, "argument 'count' must be an integer, not str 'many'"));
  CHECK(contains(text, "must be one of present, absent, not 'presnt'; did you "
                       "mean 'present'?"));
  CHECK(contains(text, "argument 'mode' must be a file mode"));
}

TEST_CASE("a keyword of tasks among arguments is told where it belongs",
          "[modules][arguments][M005][M140]") {
  for (std::string name :
       {"when", "become", "register", "notify", "loop", "tags", "with_items"}) {
    auto text = complaint({{"path", "x"}, {name, "y"}});
    CHECK(text
          == fmt::format("{}: unknown argument '{}': it is a keyword of the "
                         "task, written beside '{}' and as far to the left",
                         spec().name, name, spec().name));
  }
  // Of plays only.
  CHECK(
    !contains(complaint({{"path", "x"}, {"gather_facts", true}}), "keyword"));
  // An argument of the module that has the name of a keyword.
  module_spec has{.name = "x", .arguments = {{.name = "when"}}};
  CHECK(check_arguments(has, {{"when", "y"}}));
}

TEST_CASE("a word of a line that belongs to no argument is the only problem",
          "[modules][arguments][M005][M140]") {
  CHECK(complaint({{"_raw_params", "path=/x state=present and more"}})
        == fmt::format("{}: 'and more' is no name=value: a value with blanks "
                       "needs quotes",
                       spec().name));
  CHECK(contains(complaint({{"_raw_params", "hello"}}),
                 "takes named arguments only, not the text 'hello'"));
}

TEST_CASE("arguments that exclude each other are refused",
          "[modules][arguments][M040]") {
  CHECK(contains(complaint({{"path", "x"}, {"count", 1}, {"ratio", 1}}),
                 "only one of count, ratio may be given"));
  // One of them may come out as nothing.
  dict open{{"path", "x"}, {"count", "{{ a | default(omit) }}"}, {"ratio", 1}};
  CHECK(check_arguments(spec(), open, true));
  open.set("count", "{{ a }}");
  CHECK_FALSE(check_arguments(spec(), open, true));
  CHECK(contains(complaint({{"path", "x"}, {"dest", "y"}}),
                 "'dest' and 'path' are the same argument"));
}

TEST_CASE("modes and regular expressions are judged before anything runs",
          "[modules][arguments][M005]") {
  for (auto* right : {"0644", "0o644", "u=rw,g-w", "a+X", "preserve"})
    CHECK(check_arguments(spec(), {{"path", "x"}, {"mode", right}}));
  for (auto* wrong : {"0999", "u=q", "rw", "07777777"})
    CHECK(contains(complaint({{"path", "x"}, {"mode", wrong}}),
                   "argument 'mode' must be a file mode"));
  CHECK(check_arguments(spec(), {{"path", "x"}, {"search", "^a(?P<n>b)"}}));
  CHECK(
    contains(complaint({{"path", "x"}, {"search", "("}}),
             "argument 'search' cannot be used: the regular expression '('"));
}

TEST_CASE("a value may need another argument beside it",
          "[modules][arguments][M005]") {
  module_spec wants{
    .name = "wants",
    .summary = "w",
    .arguments = {{.name = "state", .summary = "s", .fallback = "present"},
                  {.name = "line", .summary = "l"},
                  {.name = "other", .summary = "o"}},
    .required_if
    = {{"state", "present", {"line"}}, {"state", "absent", {"line", "other"}}}};
  auto complaint_of = [&](dict given) {
    auto out = check_arguments(wants, given, true);
    return out ? std::string{} : out.why().message;
  };
  CHECK(contains(complaint_of({{"other", "x"}}), "state 'present' needs line"));
  CHECK(contains(complaint_of({{"state", "absent"}}),
                 "state 'absent' needs line or other"));
  CHECK(complaint_of({{"state", "absent"}, {"other", "x"}}).empty());
  CHECK(complaint_of({{"state", "{{ s }}"}}).empty());
}

TEST_CASE("values with templates are judged when they are known",
          "[modules][arguments][M005]") {
  dict given{{"path", "x"}, {"count", "{{ n }}"}};
  CHECK(check_arguments(spec(), given, true));
  CHECK_FALSE(check_arguments(spec(), given));
  CHECK_FALSE(check_arguments(spec(), {{"cont", "{{ n }}"}}, true));
}

TEST_CASE("options may be written in one line", "[modules][arguments][M040]") {
  auto out = check_arguments(
    spec(), {{"_raw_params", "path='/a b' count=3 names=x,y"}});
  REQUIRE(out);
  CHECK(out->text("path") == "/a b");
  CHECK(out->integer("count") == 3);
  CHECK(contains(complaint({{"_raw_params", "path=/a word"}}),
                 "'word' is no name=value"));
}

TEST_CASE("a null argument is as if it were not given",
          "[modules][arguments][M040]") {
  auto out = check_arguments(spec(), {{"path", "x"}, {"count", nullptr}});
  REQUIRE(out);
  CHECK_FALSE(out->has("count"));
  CHECK(out->integer("count", 7) == 7);
}

TEST_CASE("arguments that are secret are not shown", "[modules][registry]") {
  struct secret_case {
    const char* module;
    const char* name;
    bool secret;
  };
  for (auto& each : {secret_case{"user", "password", true},
                     secret_case{"user", "ssh_key_passphrase", true},
                     secret_case{"user", "comment", false},
                     secret_case{"debconf", "value", true},
                     secret_case{"debconf", "answer", true},
                     secret_case{"debconf", "question", false}}) {
    dict given{{"name", "x"}};
    given.set(each.name, "hush");
    auto spec = builtin_modules().find(each.module);
    REQUIRE(spec);
    auto shown = shown_arguments(spec->spec(), given);
    CAPTURE(each.module, each.name);
    CHECK((*shown.find(each.name) == value{"hush"}) != each.secret);
    CHECK(*shown.find("name") == value{"x"});
    CHECK(*given.find(each.name) == value{"hush"});
  }
}
