#include "modules/module.hpp"

#include "config/language/language.hpp"

namespace troupe {

evaluation_terms module_context::terms() const {
  // Files that a template names are looked for where the task's are.
  return {deadline, stop, here, predicted,
          search_path.empty() ? nullptr : &search_path};
}

bool module_context::unsure() const {
  return predicted && predicted->what().is_unsure();
}

void module_context::doubt() const {
  if (predicted)
    predicted->what().doubt();
}

} // namespace troupe
