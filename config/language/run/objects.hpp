#pragma once

#include "config/language/library/tables.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/object.hpp"

namespace troupe {

/// What `namespace()` makes: the only thing whose attributes `set` changes.
class namespace_object final : public object {
public:
  dict names;

  const char* type() const override {
    return "Namespace";
  }

  std::string display() const override;
  std::optional<value> attribute(std::string_view name) const override;
  const value* kept_attribute(std::string_view name) const override;
  bool assign(const std::string& name, value x) override;
  void each_held(const std::function<void(const value&)>& see) const override;
};

/// A macro, or the body of a call block, with the names around it.
class macro_object final : public object {
public:
  macro_object(const macro_syntax& macro, const template_syntax& home,
               context_ptr context, std::shared_ptr<activation> frame)
      : macro_{macro}, home_{home}, context_{std::move(context)}, frame_{
                                                                    std::move(
                                                                      frame)} {
  }

  const char* type() const override {
    return "Macro";
  }

  std::string display() const override;
  std::optional<value> attribute(std::string_view name) const override;

  bool callable() const override {
    return true;
  }

  result<value> call(evaluator& caller, call_arguments arguments) override;

private:
  const macro_syntax& macro_;
  // The template it stands in.
  const template_syntax& home_;
  context_ptr context_;
  std::shared_ptr<activation> frame_;
};

/// An imported template: its exported names, its text when printed.
class module_object final : public object {
public:
  module_object(std::shared_ptr<const template_syntax> tree, dict names,
                std::string body)
      : tree_{std::move(tree)}, names_{std::move(names)}, body_{
                                                            std::move(body)} {
  }

  const char* type() const override {
    return "TemplateModule";
  }

  std::string display() const override {
    return body_;
  }

  std::optional<value> attribute(std::string_view name) const override;

private:
  std::shared_ptr<const template_syntax> tree_;
  dict names_;
  std::string body_;
};

/// `self`, whose attributes render blocks, and `super`.
class block_object final : public object {
public:
  block_object(context_ptr context, std::string name, size_t depth)
      : context_{std::move(context)}, name_{std::move(name)}, depth_{depth} {
  }

  const char* type() const override {
    return name_.empty() ? "TemplateReference" : "BlockReference";
  }

  std::optional<value> attribute(std::string_view name) const override;

  bool callable() const override {
    return !name_.empty();
  }

  result<value> call(evaluator& caller, call_arguments arguments) override;

private:
  context_ptr context_;
  std::string name_;
  size_t depth_;
};

/// What `loop` is inside a loop.
class loop_object final : public object,
                          public scratch,
                          public std::enable_shared_from_this<loop_object> {
public:
  std::vector<value> over;
  size_t depth = 0;
  // Of a recursive loop, to call it again; with the template it stands in.
  const loop_node* node = nullptr;
  const template_syntax* home = nullptr;
  context_ptr context;
  std::weak_ptr<activation> frame;
  std::optional<std::vector<value>> last_seen;

  const char* type() const override {
    return "LoopContext";
  }

  size_t index() const {
    return index_;
  }

  void go_to(size_t i) {
    index_ = i;
  }

  std::string display() const override;
  std::optional<value> attribute(std::string_view name) const override;
  const value* kept_attribute(std::string_view name) const override;
  std::optional<size_t> length() const override;

  void each_held(const std::function<void(const value&)>& see) const override;
  void forget() override;

  /// Ends the loop and gives what was still to come, each item with the loop.
  std::vector<value> take_rest(const value& self);

  bool callable() const override {
    return true;
  }

  result<value> call(evaluator& caller, call_arguments arguments) override;

private:
  size_t index_ = 0;
  // What `kept_attribute` has made last of each.
  mutable value number_;
  mutable value number0_;
  mutable value first_;
  mutable value last_;
};

/// A function of the language by itself: `range`, `lookup`, `loop.cycle`.
class function_object final : public object {
public:
  using function
    = std::function<result<value>(evaluator&, const bound_arguments&)>;

  function_object(std::string name, std::string_view parameters, function run)
      : name_{std::move(name)}, parameters_{parameters}, run_{std::move(run)} {
  }

  const char* type() const override {
    return "function";
  }

  std::string display() const override;

  bool callable() const override {
    return true;
  }

  result<value> call(evaluator& caller, call_arguments arguments) override;

private:
  std::string name_;
  signature parameters_;
  function run_;
};

/// A method that is passed around instead of called.
class method_object final : public object {
public:
  method_object(value self, const method_row& row)
      : self_{std::move(self)}, row_{row} {
  }

  const char* type() const override {
    return "builtin_function_or_method";
  }

  std::string display() const override;

  bool callable() const override {
    return true;
  }

  result<value> call(evaluator& caller, call_arguments arguments) override;
  void each_held(const std::function<void(const value&)>& see) const override;

private:
  value self_;
  const method_row& row_;
};

/// What `range()` gives: numbers that are not made until they are needed.
class range_object final : public object {
public:
  range_object(int64_t from, int64_t to, int64_t step)
      : from_{from}, to_{to}, step_{step} {
  }

  const char* type() const override {
    return "range";
  }

  std::string display() const override;

  bool truthy() const override {
    return size() > 0;
  }

  std::optional<value> attribute(std::string_view name) const override;
  std::optional<std::vector<value>> items() const override;
  std::optional<size_t> length() const override;
  bool equals(const object& other) const override;

  /// How many numbers there are; may be far more than fit in memory.
  uint64_t size() const;
  int64_t at(uint64_t i) const;

private:
  int64_t from_;
  int64_t to_;
  int64_t step_;
};

/// `x.__class__`: only its name is of use.
class class_object final : public object {
public:
  explicit class_object(std::string name) : name_{std::move(name)} {
  }

  const char* type() const override {
    return "type";
  }

  std::string display() const override;
  std::optional<value> attribute(std::string_view name) const override;

private:
  std::string name_;
};

template <class T, class... Ts>
value make_object(Ts&&... xs) {
  return value{
    std::shared_ptr<object>{std::make_shared<T>(std::forward<Ts>(xs)...)}};
}

} // namespace troupe
