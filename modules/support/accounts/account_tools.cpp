#include "modules/support/accounts/account_tools.hpp"

#include "config/value/utf8.hpp"

#include <fmt/format.h>

namespace troupe {

bool account_tools::run(std::vector<std::string> argv, tool_terms terms) {
  has_run_ = true;
  if (ctx_.check_mode)
    return true;
  auto program = argv[0];
  auto path = find_tool(program, ctx_);
  if (!path) {
    why_ = path.why();
    return false;
  }
  argv[0] = *path;
  ctx_.changing("account " + name_);
  auto ended = run_tool(std::move(argv), ctx_, std::move(terms));
  if (!ended) {
    why_ = ended.why();
    return false;
  }
  out_ += repair_utf8(ended->out.bytes);
  err_ += repair_utf8(ended->err.bytes);
  rc_ = ended->rc;
  if (rc_ == 0)
    return true;
  why_
    = {errc::command_failed, fmt::format("'{}' cannot change '{}': {}", program,
                                         name_, tool_words(*ended))};
  return false;
}

void account_tools::report(module_result& out) const {
  if (!out_.empty())
    out.data.set("stdout", value::from_host(out_));
  if (!err_.empty())
    out.data.set("stderr", value::from_host(err_));
}

module_result account_tools::failure() const {
  auto out = module_result::failure(why_);
  out.data.set("name", name_);
  if (rc_ != 0)
    out.data.set("rc", rc_);
  report(out);
  return out;
}

} // namespace troupe
