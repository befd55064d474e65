#pragma once

#include "actors/report/event_writer.hpp"
#include "platform/output.hpp"

#include <memory>

namespace troupe {

/// One versioned JSON object a line and event; docs/events.md is its schema.
class ndjson_writer final : public event_writer {
public:
  explicit ndjson_writer(std::shared_ptr<output> to);

  void on(const run_event& event) override;

private:
  std::shared_ptr<output> to_;
};

} // namespace troupe
