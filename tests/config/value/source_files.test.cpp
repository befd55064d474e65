#include "config/value/source_files.hpp"

#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// A machine with a plan of variables, and a language that knows the file.
class scene {
public:
  explicit scene(const std::string& text) {
    REQUIRE(machine_->files().replace("/vars.yml", text, {}));
    auto document = parse_plan(text, "/vars.yml");
    REQUIRE(document);
    names_ = document->as_dict();
  }

  error error_of(const char* name, const evaluation_terms& terms) {
    language_options options;
    options.machine = machine_;
    options.sources = sources_;
    language with{std::move(options)};
    auto got = with.evaluate(*names_.find(name), dict_variables{names_}, terms);
    REQUIRE_FALSE(got);
    return got.why();
  }

  std::string failure_of(const char* name) {
    auto message = error_of(name, {}).message;
    auto end = message.find('\n');
    return end == std::string::npos ? "" : message.substr(end + 1);
  }

  void add(const std::string& path, const std::string& text) {
    REQUIRE(machine_->files().replace(path, text, {}));
    sources_->add(path);
  }

private:
  std::shared_ptr<simulated_host> machine_ = std::make_shared<simulated_host>();
  std::shared_ptr<source_files> sources_
    = std::make_shared<source_files>(machine_, "/vars.yml", "/vars.yml");
  dict names_;
};

} // namespace

TEST_CASE("an error of a template names the place in its file",
          "[config][source_files][M061]") {
  scene s{"a: \"x {{ missing }}\"\nb: |\n  one\n  {{ 1 + 'x' }}\n"};
  CHECK(s.failure_of("a")
        == "  at /vars.yml:1:10:\n    a: \"x {{ missing }}\"\n             ^");
  CHECK(s.failure_of("b")
        == "  at /vars.yml:4:8:\n      {{ 1 + 'x' }}\n           ^");
}

TEST_CASE("an error in the template of a variable is shown where that is "
          "defined",
          "[config][source_files][M061]") {
  scene s{"outer: \"{{ inner }}\"\ninner: \"{{ 1 + missing.x }}\"\n"};
  CHECK(s.failure_of("outer")
        == "  at /vars.yml:2:16:\n    inner: \"{{ 1 + missing.x }}\"\n"
           "                   ^");
}

TEST_CASE("where no file, or more than one, has the text, the text is shown",
          "[config][source_files][M061]") {
  scene s{"a: \"x {{ missing }}\"\n"};
  s.add("/other.yml", "b: \"x {{ missing }}\"\n");
  CHECK(s.failure_of("a")
        == "  at line 1, column 6:\n    x {{ missing }}\n         ^");
  scene changed{"a: \"x {{ missing }}\"\n"};
  changed.add("/vars.yml", "something else\n");
  CHECK(changed.failure_of("a")
        == "  at line 1, column 6:\n    x {{ missing }}\n         ^");
}

TEST_CASE("the plan is looked into whatever else was read, up to a bound",
          "[config][source_files][M061]") {
  constexpr const char* place = "  at /vars.yml:1:10:\n";
  scene s{"a: \"x {{ missing }}\"\n"};
  for (size_t i = 1; i < source_files::most_files; ++i)
    s.add("/more" + std::to_string(i), "nothing\n");
  CHECK_THAT(s.failure_of("a"), Catch::StartsWith(place));
  s.add("/one-more", "nothing\n");
  CHECK_THAT(s.failure_of("a"), Catch::StartsWith("  at line 1, column 6:"));
  auto filled = [](size_t bytes) {
    std::string plan = "a: \"x {{ missing }}\"\n";
    scene large{plan};
    large.add("/large", std::string(bytes - plan.size(), '\n'));
    return large.failure_of("a");
  };
  CHECK_THAT(filled(source_files::most_bytes), Catch::StartsWith(place));
  CHECK_THAT(filled(source_files::most_bytes + 1),
             Catch::StartsWith("  at line 1, column 6:"));
}

TEST_CASE("no file is read where an expression may not wait",
          "[config][source_files][M061]") {
  scene s{"a: \"x {{ missing }}\"\n"};
  evaluation_terms here;
  here.here = true;
  CHECK(s.error_of("a", here).code == errc::would_wait);
  CHECK(s.error_of("a", {}).code == errc::undefined);
}

TEST_CASE("a file that was read is known by any name, up to a number of them",
          "[config][source_files][M030]") {
  auto machine = std::make_shared<simulated_host>();
  auto& files = machine->files();
  for (auto* path : {"/plan.yml", "/last", "/more", "/other"})
    REQUIRE(files.replace(path, "x", {}));
  REQUIRE(files.make_symlink("/last", "/link"));
  source_files read{machine, "/plan.yml", "plan.yml"};
  for (size_t i = 1; i < source_files::most_noted; ++i)
    read.note("/none/" + std::to_string(i));
  read.note("/last");
  read.note("/more");
  for (auto* path : {"/plan.yml", "/last", "/link"})
    CHECK(read.has(path));
  for (auto* path : {"/more", "/other", "/none/1", "/", "/nothing"})
    CHECK_FALSE(read.has(path));
}
