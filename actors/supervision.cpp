#include "actors/supervision.hpp"

#include <caf/atom.hpp>
#include <caf/sec.hpp>

namespace troupe {

std::string words_of(const caf::error& why) {
  if (why.category() == caf::atom("system"))
    if (auto& context = why.context(); context.match_elements<std::string>())
      return context.get_as<std::string>(0);
  return to_string(why);
}

caf::error error_of(const std::exception_ptr& what) {
  try {
    std::rethrow_exception(what);
  } catch (const std::bad_alloc&) {
    return caf::make_error(caf::sec::runtime_error, "out of memory");
  } catch (const std::exception& problem) {
    return caf::make_error(caf::sec::runtime_error, problem.what());
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, "an unknown exception");
  }
}

} // namespace troupe
