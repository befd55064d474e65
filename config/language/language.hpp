#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class host;
class source_files;
class vault;

/// The names that an expression can see. Implementations are immutable while
/// an evaluation runs; values may contain templates of their own, which the
/// language evaluates when (and if) they are used.
class variables {
public:
  virtual ~variables() = default;

  /// Null pointer when the name has no value. The pointer stays valid as long
  /// as this object does.
  virtual const value* find(const name_key& name) const = 0;

  /// All names, for "did you mean", `vars` and `varnames`.
  virtual std::vector<std::string> names() const = 0;

  /// For people: why a name that `find` does not find has no value, with what
  /// parts it from the sentence before; empty: nothing is known of that.
  virtual std::string why_missing(std::string_view) const {
    return {};
  }
};

/// `variables` over one dict; for tests and the command line.
class dict_variables final : public variables {
public:
  explicit dict_variables(dict names) : names_{std::move(names)} {
  }

  const value* find(const name_key& name) const override {
    return names_.find(name);
  }

  std::vector<std::string> names() const override;

private:
  dict names_;
};

/// How template text is cut and joined; Ansible's defaults.
struct template_settings {
  std::string block_start = "{%";
  std::string block_end = "%}";
  std::string variable_start = "{{";
  std::string variable_end = "}}";
  std::string comment_start = "{#";
  std::string comment_end = "#}";
  std::string newline_sequence = "\n";
  /// What begins a line that is a statement, and the rest of a line that is a
  /// comment; empty: nothing.
  std::string line_statement_prefix;
  std::string line_comment_prefix;
  bool trim_blocks = true;
  bool lstrip_blocks = false;
  /// Treat backslashes in string literals of `{{ }}` literally, as Ansible
  /// does in playbook strings but not in template files.
  bool escape_backslashes = false;

  bool operator==(const template_settings&) const = default;
};

/// What bounds an evaluation; passing one is an error, never a crash.
struct language_limits {
  /// Of all that a template prints, and of any text that it makes.
  size_t output_bytes = size_t{64} << 20;
  /// Rounds of loops, calls, and the like.
  uint64_t loop_steps = 1'000'000;
  /// Values that filters, methods, comparisons and so on look at.
  uint64_t visits = 32'000'000;
  /// Memory that the values made by an evaluation take at a time; about.
  uint64_t made_bytes = uint64_t{256} << 20;
  unsigned recursion = 100;
  uint32_t match_steps = 2'000'000;
  std::chrono::milliseconds time{30'000};
  /// The most that is read of one file or of what a program prints.
  size_t read_bytes = size_t{64} << 20;
};

/// When an evaluation has to end, whatever it is at: looked at every few
/// hundred steps, so that it ends within some milliseconds. A program that a
/// lookup has started ends with it.
struct evaluation_terms {
  /// By the clock of the machine. From then on it fails with `errc::timeout`;
  /// absent: no more than `language_limits::time` bounds it.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  /// Once stop is requested it fails with `errc::cancelled`.
  std::stop_token stop;
  /// It may not wait for anything outside and may not take long: rather than
  /// that it fails with `errc::would_wait`, to be done again where it may.
  bool here = false;
  /// The machine that it sees; null: that of `language_options`.
  host* machine = nullptr;
  /// The folders that it looks in; null: those of `language_options`.
  const std::vector<std::string>* search_path = nullptr;
};

/// Where `include`, `import`, `extends` and the file lookups find their
/// files, and what the language may see of the world.
struct language_options {
  /// All that it sees of the world: files, programs, accounts, environment and
  /// time. Null: whatever asks for one of these is an error.
  std::shared_ptr<host> machine;
  /// Folders that relative names are looked for in, first one first.
  std::vector<std::string> search_path;
  /// Ansible's jinja2_native: results keep their type.
  bool native = false;
  language_limits limits;
  /// The files that values come from, for errors; null: none.
  std::shared_ptr<source_files> sources;
  /// Opens what is encrypted; null: nothing does.
  std::shared_ptr<const vault> secrets;
  /// Settings of Ansible by their names, for `lookup('config', NAME)`; null:
  /// there are none.
  std::shared_ptr<const dict> configuration;
  /// Templates by name that need no file; tests use it.
  dict templates;
};

/// A variable that a text reads.
struct name_use {
  std::string name;
  /// Where it stands in the text; both count from 1.
  uint32_t line = 0;
  uint32_t column = 0;
  /// There is something in its place when it has no value: `default`.
  bool optional = false;
  /// Whether it has a value is asked: `is defined`, `mandatory`.
  bool asked = false;
};

/// The variables that a text has to do with.
struct text_names {
  /// In the order of the text; without the functions of the language, and
  /// without `made`.
  std::vector<name_use> read;
  /// Names that it assigns itself: `set`, `for`, macros and their parameters.
  std::vector<std::string> made;
  /// Which it reads is partly known only when it is evaluated.
  bool any = false;
};

/// What a text is to the language.
enum class text_kind : uint8_t { plan_text, condition, expression, file };

/// A template that was parsed once, to be rendered many times.
class compiled_template {
public:
  compiled_template(const compiled_template&) = default;
  compiled_template& operator=(const compiled_template&) = default;

private:
  friend class language;
  struct parts;

  explicit compiled_template(std::shared_ptr<const parts> parts)
      : parts_{std::move(parts)} {
  }

  std::shared_ptr<const parts> parts_;
};

/// The expression and template language: Jinja2 3.1 with Ansible's rules.
/// Compiled text is cached; all members may be called from any thread.
///
/// Messages of errors say what is wrong in plain words, with line and column
/// of the text, the text around it and the nearest right name. Whatever
/// evaluates ends with `errc::timeout` or `errc::cancelled` when its `terms`
/// say so, and with `errc::exhausted` when it passes a limit.
class language {
public:
  explicit language(language_options options = {});
  ~language();
  language(const language&) = delete;
  language& operator=(const language&) = delete;

  /// Evaluates a task argument or variable: text that holds a template is
  /// rendered (and read as a literal where Ansible does), lists and dicts are
  /// evaluated inside, keys are left alone.
  /// Imitates ansible-core 2.14 `Templar.template()`.
  result<value> evaluate(const value& input, const variables& names,
                         const evaluation_terms& terms = {}) const;

  /// Renders the text of a template file. `name` is its path, for messages
  /// and `#jinja2:` overrides apply.
  /// Imitates the `template` action of ansible-core 2.14.
  result<std::string> render(std::string_view source, std::string_view name,
                             const variables& names,
                             const template_settings& settings = {},
                             const evaluation_terms& terms = {}) const;

  /// Parses the text of a template file for `render` below.
  result<compiled_template>
  compile(std::string_view source, std::string_view name,
          const template_settings& settings = {}) const;

  /// Renders a template that this language compiled.
  result<std::string> render(const compiled_template& from,
                             const variables& names,
                             const evaluation_terms& terms = {}) const;

  /// Evaluates `when`, `until`, `failed_when`, `changed_when`: text, bool, or
  /// a list of such that is true when all are. Null and "" are true.
  /// Imitates ansible-core 2.14 `Conditional.evaluate_conditional`.
  result<bool> condition(const value& clause, const variables& names,
                         const evaluation_terms& terms = {}) const;

  /// As `condition`, but keeps a value that is no bool: `when: "{{ [1] }}"`.
  result<value> condition_value(const value& clause, const variables& names,
                                const evaluation_terms& terms = {}) const;

  /// Evaluates one bare expression and keeps the type of its value.
  result<value> expression(std::string_view source, const variables& names,
                           const evaluation_terms& terms = {}) const;

  /// Checks that `source` (template text) compiles, with the lookups in it.
  result<void> check_template(std::string_view source) const;

  /// Checks that `source` (a condition) compiles, with the lookups in it.
  result<void> check_condition(std::string_view source) const;

  /// The names in a text, without evaluating it. A file that says by itself
  /// how it is to be read (`#jinja2:`) has none.
  result<text_names> names_in(std::string_view source, text_kind what) const;

  const language_options& options() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Whether `text` holds a delimiter of the language, so that evaluating it
/// could change it.
bool has_template(std::string_view text);

/// Whether any text inside `x` that came from the plan holds a template.
bool has_template(const value& x);

/// `x` as Python's `str()` shows it.
std::string to_display(const value& x);

/// `x` as Python's `repr()` shows it.
std::string to_repr(const value& x);

/// Python's and Ansible's idea of true; undefined is false.
bool truthy(const value& x);

} // namespace troupe
