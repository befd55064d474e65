#include "config/language/run/arguments.hpp"

#include "config/language/language.hpp"

namespace troupe {

signature::signature(std::string_view line) {
  while (!line.empty()) {
    auto end = std::min(line.find(' '), line.size());
    auto name = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    if (name.starts_with("**")) {
      named = true;
    } else if (name.starts_with('*')) {
      rest = true;
    } else if (name.ends_with('=')) {
      names.push_back(name.substr(0, name.size() - 1));
    } else {
      names.push_back(name);
      ++required;
    }
  }
}

bool bound_arguments::flag(size_t i, bool otherwise) const {
  return has(i) ? truthy((*this)[i]) : otherwise;
}

result<std::string> bound_arguments::text(size_t i,
                                          std::string_view otherwise) const {
  if (!has(i))
    return std::string{otherwise};
  return as_display((*this)[i]);
}

result<int64_t> bound_arguments::integer(size_t i, int64_t otherwise) const {
  if (!has(i))
    return otherwise;
  auto& x = (*this)[i];
  if (auto n = as_index(x))
    return *n;
  if (is_strict_undefined(x))
    return undefined_error(x);
  return failure(errc::type, "'{}' object cannot be interpreted as an integer",
                 operand_type(x));
}

result<void> bound_arguments::take_named(std::string_view name,
                                         const signature& parameters,
                                         const std::string& key, value x) {
  auto& names = parameters.names;
  auto i = static_cast<size_t>(std::find(names.begin(), names.end(), key)
                               - names.begin());
  if (i == names.size()) {
    if (!parameters.named)
      return failure(errc::type, "{}() got an unexpected keyword argument '{}'",
                     name, key);
    named.emplace_back(key, std::move(x));
    return {};
  }
  if (has(i))
    return failure(errc::type, "{}() got multiple values for argument '{}'",
                   name, key);
  if (given_.size() <= i)
    given_.resize(i + 1, missing_value());
  given_[i] = std::move(x);
  return {};
}

result<void> bound_arguments::check(std::string_view name,
                                    const signature& parameters) const {
  for (size_t i = 0; i < parameters.required; ++i)
    if (!has(i))
      return failure(errc::type,
                     "{}() missing 1 required positional argument: '{}'", name,
                     parameters.names[i]);
  return {};
}

result<bound_arguments>
match(std::string_view name, const signature& parameters, call_arguments call) {
  bound_arguments out;
  auto& names = parameters.names;
  if (call.positional.size() > names.size()) {
    if (!parameters.rest)
      return failure(errc::type,
                     "{}() takes at most {} arguments but {} were given", name,
                     names.size(), call.positional.size());
    auto from = call.positional.begin() + static_cast<ptrdiff_t>(names.size());
    out.rest.assign(std::make_move_iterator(from),
                    std::make_move_iterator(call.positional.end()));
    call.positional.erase(from, call.positional.end());
  }
  out.given_.assign(std::make_move_iterator(call.positional.begin()),
                    std::make_move_iterator(call.positional.end()));
  for (auto& [key, x] : call.named)
    if (auto ok = out.take_named(name, parameters, key, std::move(x)); !ok)
      return ok.why();
  if (auto ok = out.check(name, parameters); !ok)
    return ok.why();
  return out;
}

} // namespace troupe
