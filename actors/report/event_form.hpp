#pragma once

#include "actors/events.hpp"
#include "config/value/value.hpp"

#include <tuple>

namespace troupe {

/// A member of an event and the key that it is written under.
template <class Kind, class T>
struct event_field {
  const char* key;
  T Kind::*member;
};

template <class Kind, class T>
event_field(const char*, T Kind::*) -> event_field<Kind, T>;

/// How one kind of event is written: the only place that says so, for NDJSON,
/// reports and whatever is to come. `number` stands for the kind where bytes
/// count; it is never used again for another one.
template <class Kind>
struct event_form;

template <>
struct event_form<run_started> {
  static constexpr uint8_t number = 1;
  static constexpr const char* name = "run_started";
  static constexpr std::tuple fields{event_field{"plan", &run_started::plan}};
  static constexpr bool counts = true;
};

template <>
struct event_form<play_started> {
  static constexpr uint8_t number = 2;
  static constexpr const char* name = "play_started";
  static constexpr std::tuple fields{event_field{"play", &play_started::play}};
  static constexpr bool counts = false;
};

template <>
struct event_form<task_started> {
  static constexpr uint8_t number = 3;
  static constexpr const char* name = "task_started";
  static constexpr std::tuple fields{
    event_field{"task", &task_started::task},
    event_field{"name", &task_started::name},
    event_field{"module", &task_started::module}};
  static constexpr bool counts = false;
};

template <>
struct event_form<task_retry> {
  static constexpr uint8_t number = 4;
  static constexpr const char* name = "task_retry";
  static constexpr std::tuple fields{
    event_field{"task", &task_retry::task},
    event_field{"name", &task_retry::name},
    event_field{"item", &task_retry::item},
    event_field{"handler", &task_retry::handler},
    event_field{"attempt", &task_retry::attempt},
    event_field{"left", &task_retry::left},
    event_field{"delay", &task_retry::delay}};
  static constexpr bool counts = false;
};

template <>
struct event_form<tasks_included> {
  static constexpr uint8_t number = 11;
  static constexpr const char* name = "tasks_included";
  static constexpr std::tuple fields{
    event_field{"task", &tasks_included::task},
    event_field{"name", &tasks_included::name},
    event_field{"from", &tasks_included::from},
    event_field{"item", &tasks_included::item},
    event_field{"handler", &tasks_included::handler}};
  static constexpr bool counts = false;
};

template <>
struct event_form<task_ended> {
  static constexpr uint8_t number = 5;
  static constexpr const char* name = "task_ended";
  static constexpr std::tuple fields{
    event_field{"result", &task_ended::result},
    event_field{"restored", &task_ended::restored}};
  static constexpr bool counts = true;
};

template <>
struct event_form<facts_collected> {
  static constexpr uint8_t number = 6;
  static constexpr const char* name = "facts_collected";
  static constexpr std::tuple fields{
    event_field{"message", &facts_collected::message}};
  static constexpr bool counts = false;
};

template <>
struct event_form<run_trouble> {
  static constexpr uint8_t number = 7;
  static constexpr const char* name = "error";
  static constexpr std::tuple fields{
    event_field{"message", &run_trouble::message}};
  static constexpr bool counts = false;
};

template <>
struct event_form<run_ended> {
  static constexpr uint8_t number = 8;
  static constexpr const char* name = "run_ended";
  static constexpr std::tuple fields{
    event_field{"failed", &run_ended::failed},
    event_field{"message", &run_ended::message},
    event_field{"duration", &run_ended::duration}};
  static constexpr bool counts = true;
};

template <>
struct event_form<task_question> {
  static constexpr uint8_t number = 9;
  static constexpr const char* name = "task_question";
  static constexpr std::tuple fields{
    event_field{"task", &task_question::task},
    event_field{"name", &task_question::name},
    event_field{"handler", &task_question::handler}};
  static constexpr bool counts = false;
};

template <>
struct event_form<task_rescued> {
  static constexpr uint8_t number = 10;
  static constexpr const char* name = "task_rescued";
  static constexpr std::tuple fields{event_field{"task", &task_rescued::task},
                                     event_field{"name", &task_rescued::name}};
  static constexpr bool counts = true;
};

template <>
struct event_form<hosts_exhausted> {
  static constexpr uint8_t number = 12;
  static constexpr const char* name = "hosts_exhausted";
  static constexpr std::tuple fields{
    event_field{"play", &hosts_exhausted::play}};
  static constexpr bool counts = false;
};

template <>
struct event_form<items_ended> {
  static constexpr uint8_t number = 13;
  static constexpr const char* name = "items_ended";
  static constexpr std::tuple fields{
    event_field{"result", &items_ended::result}};
  static constexpr bool counts = false;
};

/// The name of the event's kind: "task_ended".
const char* kind_of(const run_event& event);

/// What the event is about: the id of its task, the name of its play; empty
/// for others.
std::string subject_of(const run_event& event);

/// An event as one versioned object; docs/events.md is its schema.
value to_value(const run_event& event);

} // namespace troupe
