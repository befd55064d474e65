#pragma once

#include "config/language/language.hpp"
#include "modules/module.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Whether only template files see a name.
bool is_template_name(std::string_view name);

/// The names of a task together with those that only a template file sees:
/// `ansible_managed`, `template_path`, `template_host`, ... They are made when
/// they are asked for, because most templates use none of them.
class template_names final : public variables {
public:
  /// `source` is where the template was found, `given` what the task calls it.
  template_names(const variables& outer, std::string source, std::string given,
                 std::string dest, const module_context& ctx);

  /// Names stronger than all others.
  void add(const dict& extra);

  const value* find(const name_key& name) const override;
  std::vector<std::string> names() const override;
  std::string why_missing(std::string_view name) const override {
    return outer_.why_missing(name);
  }

private:
  void describe() const;
  value managed() const;

  const variables& outer_;
  std::string source_;
  std::string given_;
  std::string dest_;
  const module_context& ctx_;
  dict extra_;
  mutable dict own_;
};

} // namespace troupe
