#include "actors/report/ndjson_writer.hpp"

#include "actors/report/event_form.hpp"
#include "config/value/json.hpp"

namespace troupe {

ndjson_writer::ndjson_writer(std::shared_ptr<output> to) : to_{std::move(to)} {
}

void ndjson_writer::on(const run_event& event) {
  to_->write(to_json(to_value(event)) + "\n");
}

} // namespace troupe
