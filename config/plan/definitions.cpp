#include "config/plan/definitions.hpp"

#include "config/value/record_codec.hpp"
#include "platform/crypto.hpp"

namespace troupe {

namespace {

/// FNV-1a: a file that a version has written must mean the same to the next.
uint64_t sum_of(std::string_view bytes) {
  uint64_t sum = 0xcbf29ce484222325;
  for (unsigned char c : bytes)
    sum = (sum ^ c) * 0x100000001b3;
  return sum == 0 ? 1 : sum;
}

/// How often a task is tried, whom it tells and what chooses it is nothing that
/// it does; what its collections bring in stands beside it by itself.
bool is_besides(std::string_view keyword) {
  return keyword == "retries" || keyword == "delay" || keyword == "notify"
         || keyword == "tags" || keyword == "collections";
}

void put(record_writer& to, const keywords& said) {
  for (auto& each : said) {
    if (is_besides(each.row().name))
      continue;
    to.put(each.row().name);
    to.put(each.x);
  }
}

void put(record_writer& to, const condition& what) {
  if (auto* when = std::get_if<when_condition>(&what.what)) {
    to.put(when->expression);
    to.put(when->negated);
  } else if (auto* variable = std::get_if<variable_condition>(&what.what)) {
    to.put(variable->variable);
    to.put(uint64_t{static_cast<uint8_t>(variable->op)});
    to.put(variable->operand);
  }
}

void put(record_writer& to, const loop_control& control) {
  to.put(control.loop_var);
  to.put(control.index_var);
  put(to, control.said);
}

/// Writes what a plan consists of, without what its tasks are told.
class shape_writer {
public:
  void add(const plan& what) {
    for (auto& play : what.plays) {
      begin("play", play.id, {});
      put(to_, play.said);
      for (auto& each : play.conditions)
        put(to_, each);
      add(play.body);
      add("handlers", play.handlers);
    }
  }

  const std::string& bytes() const {
    return to_.bytes();
  }

private:
  void begin(std::string_view kind, std::string_view id,
             std::string_view name) {
    to_.put(kind);
    to_.put(id);
    to_.put(name);
  }

  void add(const block& what) {
    put(to_, what.said);
    for (auto& each : what.conditions)
      put(to_, each);
    if (what.role && what.role->params)
      to_.put(*what.role->params);
    add("body", what.body);
    add("rescue", what.rescue);
    add("always", what.always);
  }

  void add(std::string_view section, const std::vector<node>& nodes) {
    if (nodes.empty())
      return;
    to_.put(section);
    for (auto& each : nodes)
      if (auto* inner = std::get_if<block>(&each.what)) {
        begin("block", inner->id, {});
        add(*inner);
      } else {
        auto& one = std::get<task>(each.what);
        begin("task", one.id, one.name);
        to_.put(one.module);
        add("rollback", one.rollback);
      }
    to_.put("end");
  }

  void add(std::string_view section, const std::vector<task>& steps) {
    for (auto& each : steps) {
      begin(section, each.id, each.name);
      to_.put(each.module);
    }
  }

  record_writer to_;
};

} // namespace

uint64_t mixed_with(uint64_t definition, uint64_t other) {
  record_writer to;
  to.put(definition);
  to.put(other);
  return sum_of(to.bytes());
}

uint64_t mixed_with(uint64_t definition, const value& what) {
  // One by one, as there may be millions.
  if (what.is_list()) {
    for (auto& each : what.as_list()) {
      record_writer to;
      to.put(each);
      definition = mixed_with(definition, sum_of(to.bytes()));
    }
    return definition;
  }
  record_writer to;
  to.put(what);
  return mixed_with(definition, sum_of(to.bytes()));
}

uint64_t definition_of(const task& what) {
  record_writer to;
  to.put(what.module);
  to.put(what.args ? *what.args : dict{});
  put(to, what.said);
  for (auto& each : what.conditions)
    put(to, each);
  to.put(what.loop);
  to.put(what.flatten_loop);
  to.put(what.loop_lookup);
  if (!what.loop.is_null())
    put(to, what.control);
  to.put(what.register_);
  for (auto* x : {&what.until, &what.failed_when, &what.changed_when})
    to.put(*x);
  return sum_of(to.bytes());
}

namespace {

std::string digest_of(const std::string& bytes) {
  sha256 sum;
  sum.update(bytes);
  return to_hex(sum.finish());
}

} // namespace

std::string shape_of(const plan& what) {
  shape_writer shape;
  shape.add(what);
  return "tasks:" + digest_of(shape.bytes());
}

std::string hosts_of(const plan& what) {
  record_writer to;
  to.put(what.host);
  for (auto& each : what.plays) {
    to.put(each.foreseen_hosts);
    to.put(each.elsewhere);
  }
  return "hosts:" + digest_of(to.bytes());
}

} // namespace troupe
