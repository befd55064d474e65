#include "modules/module.hpp"

#include "config/language/language.hpp"

namespace troupe {

evaluation_terms module_context::terms() const {
  return {deadline, stop, here, predicted};
}

} // namespace troupe
