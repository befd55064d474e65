#pragma once

#include "config/language/run/budget.hpp"
#include "config/language/run/stack_watch.hpp"
#include "config/language/run/template_cache.hpp"

#include <optional>

namespace troupe {

/// What an evaluation makes and what may refer to itself in a circle: names
/// that hold macros, which hold the names around them. Emptied when the
/// evaluation ends, or nothing would ever free it.
class scratch {
public:
  scratch() = default;
  virtual ~scratch() = default;

  // A copy is something of its own.
  scratch(const scratch&) {
  }

  scratch& operator=(const scratch&) {
    return *this;
  }

  /// Lets go of all values.
  virtual void forget() = 0;

  /// Whether it is emptied when the evaluation ends.
  bool is_kept() const {
    return kept_;
  }

private:
  friend class templar;
  bool kept_ = false;
};

/// What one language keeps for all its evaluations.
struct language_core {
  language_options options;
  mutable template_cache cache;
};

/// One evaluation: the variables it sees, how its templates are read, and
/// what it may still spend. Evaluates the templates inside variables when
/// they are used.
class templar {
public:
  /// @pre all that is referred to outlives this
  templar(const language_core& core, const variables& names,
          const template_settings& settings, bool native,
          const evaluation_terms& terms);

  /// An evaluation inside `outer` with other names: it may spend what `outer`
  /// has left and ends when `outer` has to.
  templar(templar& outer, const variables& names,
          const template_settings& settings);
  ~templar();
  templar(const templar&) = delete;
  templar& operator=(const templar&) = delete;

  /// Evaluates text, and text inside lists and dicts, as a task's argument.
  result<value> evaluate(const value& input);

  /// How the output of a template becomes a value.
  enum class outcome : uint8_t {
    /// Text, whatever it looks like.
    text,
    /// Text, or the list, dict or bool that it looks like.
    literal,
    /// Ansible's jinja2_native.
    native,
  };

  /// Template text that was parsed, with what rendering needs beside.
  struct parsed {
    std::shared_ptr<const template_syntax> tree;
    // Line ends that the source had at its end.
    size_t line_ends = 0;
    std::string newline;
  };

  /// Parses template text, with the settings of its `#jinja2:` line, unless
  /// that has been done before.
  result<parsed> parse(std::string_view source, std::string_view name,
                       source_form form,
                       const template_settings& settings) const;

  /// Renders template text. Puts the line ends back that the last line had.
  result<value> render(std::string_view source, std::string_view name,
                       source_form form, const template_settings& settings,
                       outcome how);

  /// As `render` into text.
  result<std::string> render_text(const parsed& from);

  /// The value of a variable that holds no template and, if `copy` is set,
  /// nothing that could be changed, or null when it does; `absent` when there
  /// is no such variable.
  const value* plain_variable(const name_key& name, bool copy,
                              const value& absent) {
    auto* found = names_.find(name);
    if (!found)
      return &absent;
    return found->shares() ? plain(*found, copy) : found;
  }

  /// The value of a variable with its templates evaluated; nothing when there
  /// is no such variable. Marked as undefined when something in it is.
  result<std::optional<value>> variable(const name_key& name, bool copy);

  /// The outcome of text that belongs to a plan or a variable.
  outcome usual_outcome() const {
    return native_ ? outcome::native : outcome::literal;
  }

  const language_core& core() const {
    return core_;
  }

  const variables& names() const {
    return names_;
  }

  const template_settings& settings() const {
    return settings_;
  }

  /// What is rendered is this file: what it includes may lie beside it.
  void render_file(std::string_view path) {
    auto slash = path.rfind('/');
    folder_ = slash == path.npos ? "" : path.substr(0, slash);
  }

  /// The folder of the file that is rendered; empty when it is none.
  const std::string& folder() const {
    return folder_;
  }

  /// All that the language sees of the world; an error when that is nothing.
  result<host*> machine() const;
  /// The folders in which files are looked for.
  const std::vector<std::string>& search_path() const;

  /// Empties `x` when the evaluation ends, if it still exists then.
  void forget_later(const std::shared_ptr<scratch>& x);

  // -- bounds ----------------------------------------------------------------

  /// What may still be spent, by this and by all evaluations inside.
  budget& left() {
    return budget_;
  }

  result<void> spend(uint64_t n = 1) {
    return budget_.spend(n);
  }

  result<void> wrote(size_t n) {
    return budget_.wrote(n);
  }

  /// An error when what is being evaluated lies too deep in one another.
  result<void> check_stack() const {
    return stack_.is_passed() ? too_deep() : result<void>{};
  }

  /// One level deeper until destroyed.
  class level {
  public:
    explicit level(templar& t) : t_{t} {
      ++t_.depth_;
    }

    ~level() {
      --t_.depth_;
    }

    level(const level&) = delete;
    level& operator=(const level&) = delete;

    result<void> check() const;

  private:
    templar& t_;
  };

  // -- errors ----------------------------------------------------------------

  /// The error with place, line and caret in its message.
  error explained(error problem) const;

  /// Raised when the value being rendered came from the host.
  bool unsafe = false;

private:
  const language_core& core_;
  const variables& names_;
  const template_settings& settings_;
  bool usual_;
  bool native_;
  std::string folder_;
  stack_watch stack_;
  unsigned depth_ = 0;
  // Of the outermost evaluation.
  std::optional<budget> own_;
  budget& budget_;
  // Variables that are being evaluated now, outermost first.
  std::vector<std::string_view> path_;
  std::vector<std::weak_ptr<scratch>> kept_;

  /// What a template printed, before it is made a value.
  struct printed;
  result<void> print(const parsed& from, printed& into);
  static result<void> too_deep();
  bool may_be_template(std::string_view x) const;
  result<value> evaluate_text(const value& input);
  result<value> evaluate_list(const list& input);
  result<value> evaluate_dict(const dict& input);
  result<void> enter_variable(std::string_view name);
  uint8_t scan(const value& x) const;
  const value* plain(const value& x, bool copy);
};

} // namespace troupe
