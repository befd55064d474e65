#include "modules/module.hpp"

#include "config/language/language.hpp"

namespace troupe {

evaluation_terms module_context::terms() const {
  return {deadline, stop, here, predicted};
}

bool module_context::unsure() const {
  return predicted && predicted->what().is_unsure();
}

void module_context::doubt() const {
  if (predicted)
    predicted->what().doubt();
}

} // namespace troupe
