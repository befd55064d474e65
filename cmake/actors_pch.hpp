#pragma once

// What every actor needs; compiled once.
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>
