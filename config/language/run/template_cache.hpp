#pragma once

#include "config/language/language.hpp"
#include "config/language/syntax/syntax.hpp"
#include "config/value/bounded_cache.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// The settings that nobody changed.
const template_settings& usual_settings();

inline bool are_usual(const template_settings& x) {
  return &x == &usual_settings() || x == usual_settings();
}

/// What a text is parsed as.
enum class source_form : uint8_t {
  /// Template text as it stands.
  plain,
  /// Template text of a plan: its backslashes stand for themselves.
  plan,
  /// A bare condition.
  condition,
  /// A bare expression.
  expression,
};

/// A text that is parsed, how, and whose it is: errors name `name`.
struct named_text {
  std::string_view text;
  std::string_view name;
  source_form form = source_form::plain;
  /// Bytes at its front that are no template: a line that says how to read it.
  size_t header = 0;
};

/// Parsed templates by their text. Any thread may use it at any time.
class template_cache {
public:
  using syntax = std::shared_ptr<const template_syntax>;

  /// Parses `source` unless that has been done before.
  result<syntax> get(const named_text& source,
                     const template_settings& settings);

  /// About how many bytes the templates that are kept take, at most
  /// `most_bytes`.
  size_t bytes() const {
    return known_.bytes();
  }

  static constexpr size_t most_bytes = size_t{16} << 20;

private:
  /// What a template is found again by. `settings` is empty for the usual ones.
  template <class Text>
  struct key {
    Text text;
    Text name;
    Text settings;
    source_form form;
    size_t header;
  };

  struct hash {
    using is_transparent = void;

    /// Long texts are told apart by three parts of them; where those agree,
    /// the comparison decides.
    static size_t of_text(std::string_view x) {
      constexpr size_t part = 32;
      constexpr std::hash<std::string_view> all;
      if (x.size() <= 3 * part)
        return all(x);
      return x.size() ^ all(x.substr(0, part))
             ^ 3 * all(x.substr(x.size() / 2, part))
             ^ 5 * all(x.substr(x.size() - part));
    }

    template <class Text>
    size_t operator()(const key<Text>& x) const {
      auto out = of_text(x.text) + static_cast<size_t>(x.form);
      if (!x.name.empty())
        out ^= 7 * std::hash<std::string_view>{}(x.name);
      return out;
    }
  };

  struct equal {
    using is_transparent = void;

    template <class X, class Y>
    bool operator()(const key<X>& x, const key<Y>& y) const {
      return x.form == y.form && x.header == y.header && x.text == y.text
             && x.name == y.name && x.settings == y.settings;
    }
  };

  bounded_cache<key<std::string>, syntax, hash, equal> known_{most_bytes};
};

} // namespace troupe
