#include "config/language/syntax/name_reads.hpp"

namespace troupe {

namespace {

/// Looks for the first use of a name.
class name_search {
public:
  explicit name_search(std::string_view name) : name_{name} {
  }

  bool found() const {
    return found_;
  }

  void body(const statement_body& x) {
    for (auto& y : x)
      if (!done())
        each_part(*y, *this);
  }

  void read(const expression_ptr& x) {
    auto see = [&](name_node& name) {
      if (!done() && name.id == name_)
        found_ = true;
    };
    each_name(x.get(), see);
  }

  void assign(const target_syntax& x) {
    for (auto& part : x.parts)
      assign(part);
    if (!done() && x.kind == target_syntax::form::name && x.name == name_)
      assigned_ = true;
    if (!done() && x.kind == target_syntax::form::member && x.name == name_)
      found_ = true;
  }

  void define(const macro_syntax& x) {
    call(x);
  }

  void call(const macro_syntax& x) {
    for (auto& parameter : x.parameters)
      if (!done() && parameter == name_)
        assigned_ = true;
    for (auto& y : x.defaults)
      read(y);
    body(x.body);
  }

  void block(const block_node& x) {
    // One of another template may stand there instead, and see the loop.
    if (!done())
      found_ = name_ == "loop" && x.scoped;
  }

private:
  bool done() const {
    return found_ || assigned_;
  }

  std::string_view name_;
  bool found_ = false;
  bool assigned_ = false;
};

} // namespace

bool reads_name(const statement_body& body, std::string_view name) {
  name_search search{name};
  search.body(body);
  return search.found();
}

} // namespace troupe
