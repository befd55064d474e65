#pragma once

#include "config/language/language.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace troupe::test {

/// What `source` renders to with `names`, or "CLASS: MESSAGE" of its error.
inline std::string rendered(std::string_view source, dict names = {}) {
  language with;
  auto out = with.render(source, "t.j2", dict_variables{std::move(names)});
  return out
           ? *out
           : to_string(out.why().code) + std::string{": "} + out.why().message;
}

} // namespace troupe::test
