#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct spec_case {
  dict spec;
  dict given;
  /// What ansible-core 2.14 says.
  list errors;
};

} // namespace

TEST_CASE("validate_argument_spec says what Ansible says",
          "[modules][validate_argument_spec][M047]") {
  dict inner{{"b", dict{{"required", true}}}, {"c", dict{{"type", "int"}}}};
  spec_case table[] = {
    {{{"a", dict{{"required", true}}},
      {"b", dict{{"type", "int"}, {"required", true}}}},
     {},
     {"missing required arguments: a, b"}},
    {{{"a", dict{{"type", "int"}}}},
     {{"a", "x"}},
     {"argument 'a' is of type <class 'str'> and we were unable to convert to "
      "int: <class 'str'> cannot be converted to an int"}},
    {{{"a", dict{{"type", "list"}, {"elements", "int"}}}},
     {{"a", list{"x", 1, "y"}}},
     {"Elements value for option 'a' is of type <class 'str'> and we were "
      "unable to convert to int: <class 'str'> cannot be converted to an int",
      "Elements value for option 'a' is of type <class 'str'> and we were "
      "unable to convert to int: <class 'str'> cannot be converted to an "
      "int"}},
    {{{"a", dict{{"type", "dict"}}}},
     {{"a", "x"}},
     {"argument 'a' is of type <class 'str'> and we were unable to convert to "
      "dict: dictionary requested, could not parse JSON or key=value"}},
    {{{"a", dict{{"type", "dict"}}}},
     {{"a", 3}},
     {"argument 'a' is of type <class 'int'> and we were unable to convert to "
      "dict: <class 'int'> cannot be converted to a dict"}},
    {{{"a", dict{{"choices", list{"x", "y"}}}}},
     {{"a", "z"}, {"q", 1}, {"r", 2}},
     {"value of a must be one of: x, y, got: z",
      "q, r. Supported parameters include: a."}},
    {{{"a", dict{{"type", "list"}, {"choices", list{"x", "y"}}}}},
     {{"a", list{"z", "x", "w"}}},
     {"value of a must be one or more of: x, y. Got no match for: z, w"}},
    {{{"a", dict{{"type", "dict"}, {"options", inner}}}},
     {{"a", dict{{"c", "x"}, {"d", 1}}}},
     {"missing required arguments: b found in a",
      "argument 'c' is of type <class 'str'> found in 'a'. and we were unable "
      "to convert to int: <class 'str'> cannot be converted to an int",
      "a.d. Supported parameters include: b, c."}},
    {{{"a", dict{{"type", "list"}, {"elements", "dict"}, {"options", inner}}}},
     {{"a", list{dict{{"c", 1}}, dict{{"b", 1}}}}},
     {"missing required arguments: b found in a"}},
    {{{"a", dict{{"type", "dict"},
                 {"options",
                  dict{{"b", dict{{"type", "dict"}, {"options", inner}}}}}}}},
     {{"a", dict{{"b", dict{}}}}},
     {"missing required arguments: b found in a -> b"}},
    {{{"a", dict{{"aliases", list{"z"}}, {"required", true}}}},
     {{"z", "x"}},
     {}},
    {{{"a", dict{{"required", true}}}}, {{"a", nullptr}}, {}},
    {{{"a", dict{{"type", "bool"}}}}, {{"a", "yes"}}, {}},
    {{{"a", dict{{"type", "raw"}}}}, {{"a", list{1}}}, {}},
    {{{"a", dict{{"type", "bytes"}}}, {"b", dict{{"type", "bits"}}}},
     {{"a", "10 MB"}, {"b", "1Kb"}},
     {}},
    {{{"a", dict{{"type", "bytes"}}}, {"b", dict{{"type", "bits"}}}},
     {{"a", "many"}, {"b", "1KB"}},
     {"argument 'a' is of type <class 'str'> and we were unable to convert to "
      "bytes: <class 'str'> cannot be converted to a Byte value",
      "argument 'b' is of type <class 'str'> and we were unable to convert to "
      "bits: <class 'str'> cannot be converted to a Bit value"}},
    {{{"a", dict{{"type", "dict"}, {"options", inner}}}},
     {{"a", "words"}},
     {"dictionary requested, could not parse JSON or key=value",
      "argument 'a' is of type <class 'str'> and we were unable to convert to "
      "dict: dictionary requested, could not parse JSON or key=value",
      "value of 'a' must be of type dict or list of dicts"}},
    {{{"a", dict{{"type", "dict"}, {"options", inner}}}}, {{"a", "b=1"}}, {}},
  };
  for (auto& each : table) {
    simulated_runner one;
    auto out
      = one.run("validate_argument_spec", {{"argument_spec", each.spec},
                                           {"provided_arguments", each.given}});
    CAPTURE(out.msg);
    CHECK(out.failed == !each.errors.empty());
    CHECK_FALSE(out.changed);
    if (out.failed)
      CHECK(*out.data.find("argument_errors") == value{each.errors});
  }
}

TEST_CASE("validate_argument_spec looks at variables",
          "[modules][validate_argument_spec][M047]") {
  simulated_runner one;
  dict given{{"argument_spec",
              dict{{"port", dict{{"type", "int"}, {"required", true}}}}},
             {"validate_args_context", dict{{"name", "web"}}}};
  CHECK(one.run("validate_argument_spec", given).failed);
  one.names.set("port", "80");
  auto out = one.predict("validate_argument_spec", given);
  CHECK_FALSE(out.failed);
  CHECK(out.msg == "The arg spec validation passed");
  CHECK(text_at(out, "validate_args_context") == "{'name': 'web'}");
  given.set("provided_arguments", dict{{"port", "x"}});
  CHECK(one.run("validate_argument_spec", given).why == errc::invalid_argument);
}
