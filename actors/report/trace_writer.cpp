#include "actors/report/trace_writer.hpp"

#include <fmt/format.h>

namespace troupe {

trace_writer::trace_writer(std::shared_ptr<host> machine, std::string path,
                           trace_format how, plan_blocks blocks, size_t most)
    : file_writer{std::move(machine), std::move(path)},
      form_{how == trace_format::otlp ? make_otlp_form() : make_chrome_form()},
      maker_{std::move(blocks), [this](const span& each) { take(each); }},
      most_{most} {
}

void trace_writer::on(const run_event& event) {
  if (text_.empty())
    text_ = form_->head(event);
  maker_.on(event);
}

void trace_writer::take(const span& what) {
  bool small
    = what.what != span::level::task && what.what != span::level::attempt;
  if (!small && text_.size() >= most_) {
    ++left_out_;
    return;
  }
  text_ += form_->write(what);
}

void trace_writer::finish() {
  if (text_.empty())
    text_ = form_->head({});
  maker_.finish();
  write(text_ + form_->tail());
  if (left_out_ > 0)
    say(fmt::format("{} tasks and attempts are left out: the file would be "
                    "larger than {} bytes",
                    left_out_, most_));
}

} // namespace troupe
