#pragma once

#include "config/language/syntax/syntax.hpp"
#include "platform/result.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace troupe {

/// The tokens of a template, the place in them, and the first error.
/// Parsing functions return null or false after an error.
class parser {
public:
  /// `of_condition`: the text is that of a condition, with a tag around it.
  parser(std::vector<token> tokens, template_syntax& out, bool of_condition)
      : tokens_{std::move(tokens)}, out_{out}, of_condition_{of_condition} {
  }

  /// Parses the whole template.
  result<void> run();

private:
  // -- tokens ----------------------------------------------------------------
  const token& current() const {
    return tokens_[at_];
  }

  const token& ahead() const {
    return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_];
  }

  void advance() {
    if (at_ + 1 < tokens_.size())
      ++at_;
  }

  bool skip_symbol(std::string_view sign);
  bool skip_name(std::string_view word);
  bool expect_symbol(std::string_view sign);
  bool expect(token_kind kind, std::string_view what);
  std::optional<std::string> expect_name();
  std::nullptr_t fail(std::string message);
  std::nullptr_t fail_at(source_position at, std::string message);

  // -- expressions -----------------------------------------------------------
  struct deeper;

  expression_ptr parse_expression(bool with_choice = true);
  expression_ptr parse_operators(unsigned least);
  expression_ptr parse_right(unsigned level);
  expression_ptr parse_row(unsigned level, source_position at,
                           expression_ptr first);
  expression_ptr parse_logic(unsigned level, source_position at,
                             expression_ptr first);
  expression_ptr parse_inversion();
  expression_ptr parse_compare(source_position at, expression_ptr first);
  expression_ptr parse_concat(source_position at, expression_ptr first);
  expression_ptr parse_arithmetic(unsigned level, source_position at,
                                  expression_ptr first);
  expression_ptr parse_unary(bool with_filter = true);
  expression_ptr parse_primary();
  expression_ptr parse_string();
  expression_ptr parse_number();
  expression_ptr parse_tuple(bool parentheses, bool with_choice = true,
                             std::initializer_list<std::string_view> ends = {});
  bool at_tuple_end(std::initializer_list<std::string_view> ends) const;
  expression_ptr parse_list();
  expression_ptr parse_dictionary();

  // -- steps of a chain ------------------------------------------------------
  expression_ptr parse_postfix(expression_ptr x);
  expression_ptr parse_filters(expression_ptr x);
  std::unique_ptr<step> parse_member();
  std::unique_ptr<step> parse_index();
  expression_ptr parse_index_part();
  std::unique_ptr<step> parse_call();
  bool parse_arguments(arguments_syntax& out);
  bool parse_argument(arguments_syntax& out);
  std::unique_ptr<step> parse_filter();
  expression_ptr parse_filter_chain(bool with_bar);
  std::unique_ptr<step> parse_test();
  bool parse_test_argument(test_step& test);
  std::optional<std::string> parse_dotted_name();
  bool starts_test_argument() const;

  // -- statements ------------------------------------------------------------
  bool parse_body(std::initializer_list<std::string_view> ends,
                  statement_body& out);
  bool parse_until(std::initializer_list<std::string_view> ends,
                   statement_body& out);
  bool parse_statement(statement_body& out);
  bool parse_output(statement_body& out);
  bool at_tag(std::initializer_list<std::string_view> names) const;
  bool end_tag();
  bool parse_target(target_syntax& out, bool with_tuple,
                    std::initializer_list<std::string_view> ends = {},
                    bool with_member = false);
  bool parse_single_target(target_syntax& out, bool with_member);
  bool parse_context(bool& with_context);
  bool parse_signature(macro_syntax& macro);
  std::unique_ptr<statement> unknown_tag(const std::string& tag);
  std::unique_ptr<statement> parse_if();
  std::unique_ptr<statement> parse_for();
  std::unique_ptr<statement> parse_set();
  std::unique_ptr<statement> parse_macro();
  std::unique_ptr<statement> parse_call_block();
  std::unique_ptr<statement> parse_filter_block();
  std::unique_ptr<statement> parse_include();
  std::unique_ptr<statement> parse_import();
  std::unique_ptr<statement> parse_from();
  std::unique_ptr<statement> parse_extends();
  std::unique_ptr<statement> parse_block();
  std::unique_ptr<statement> parse_with();
  std::unique_ptr<statement> parse_autoescape();

  std::vector<token> tokens_;
  template_syntax& out_;
  bool of_condition_;
  size_t at_ = 0;
  unsigned depth_ = 0;
  // How many loops are open.
  unsigned loops_ = 0;
  std::optional<error> error_;
  // Open tags, innermost last, for messages.
  std::vector<std::string> open_tags_;
  std::vector<std::vector<std::string_view>> wanted_ends_;
};

/// Counts how deep the parser is, so that hostile text ends in an error and
/// not in an overflow of the stack. Evaluating goes no deeper than this.
struct parser::deeper {
  /// Brackets, blocks, signs and operators inside one another.
  static constexpr unsigned most = 100;

  explicit deeper(parser& p) : p{p} {
    ++p.depth_;
  }

  ~deeper() {
    --p.depth_;
  }

  deeper(const deeper&) = delete;
  deeper& operator=(const deeper&) = delete;

  bool too_deep() {
    if (p.depth_ <= most)
      return false;
    p.fail("the expression is nested too deeply");
    p.error_->code = errc::recursion;
    return true;
  }

  parser& p;
};

} // namespace troupe
