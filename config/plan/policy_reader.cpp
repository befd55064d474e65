#include "config/plan/policy_reader.hpp"

#include "config/value/nearest.hpp"
#include "platform/result.hpp"

namespace troupe {

namespace {

constexpr int64_t many = 1'000'000;

/// Whether failures have a class of this name.
bool is_failure_class(std::string_view name) {
  for (auto code = static_cast<int>(errc::invalid_plan);
       code <= static_cast<int>(errc::system); ++code)
    if (name == to_string(static_cast<errc>(code)))
      return true;
  return false;
}

} // namespace

std::optional<failure_policy> read_failure_policy(fields& in) {
  auto* x = in.find("failure_policy");
  if (!x)
    return std::nullopt;
  auto word = x->text_or("");
  if (word == "Abort" || word == "abort")
    return failure_policy::abort;
  if (word == "Continue" || word == "continue")
    return failure_policy::proceed;
  if (word == "Rollback" || word == "rollback")
    return failure_policy::rollback;
  in.fail("failure_policy",
          "'failure_policy': expected abort, continue or rollback"
            + did_you_mean(word, {"abort", "continue", "rollback"}));
  return std::nullopt;
}

std::vector<value> read_retry_on(fields& in) {
  auto* x = in.find("retry_on");
  if (!x)
    return {};
  auto only = x->is_list() ? x->as_list().items : std::vector<value>{*x};
  for (auto& each : only)
    if (!is_failure_class(each.text_or("")) && !each.to_int())
      in.file().refuse(each,
                       "'retry_on': expected return codes or classes of "
                       "failures (timeout, network, command_failed, ...)");
  return only;
}

std::optional<retry_policy> read_retry_policy(const value& from,
                                              input_file& file) {
  fields in{from, file};
  retry_policy policy;
  if (auto n = in.integer("max_attempts", 0, many))
    policy.max_attempts = static_cast<unsigned>(std::max<int64_t>(1, *n));
  if (auto d = in.duration("delay"))
    policy.delay = *d;
  if (auto* x = in.find("backoff")) {
    auto word = x->text_or("");
    if (word == "Fixed" || word == "fixed")
      policy.backoff = backoff_kind::fixed;
    else if (word == "Linear" || word == "linear")
      policy.backoff = backoff_kind::linear;
    else if (word == "Exponential" || word == "exponential")
      policy.backoff = backoff_kind::exponential;
    else
      in.fail("backoff",
              "'backoff': expected fixed, linear or exponential"
                + did_you_mean(word, {"fixed", "linear", "exponential"}));
  }
  if (auto d = in.duration("max_delay"))
    policy.max_delay = *d;
  if (auto j = in.flag("jitter"))
    policy.jitter = *j;
  policy.only = read_retry_on(in);
  in.refuse_unknown("a retry policy");
  return policy;
}

} // namespace troupe
