#include "actors/run/settled_names.hpp"
#include "actors/run/task_evaluation.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Other variables with one name in front of them.
class with_one_name final : public variables {
public:
  with_one_name(std::string_view name, value x, const variables& rest)
      : name_{name}, x_{std::move(x)}, rest_{rest} {
  }

  const value* find(const name_key& name) const override {
    return name == name_ ? &x_ : rest_.find(name);
  }

  std::vector<std::string> names() const override {
    return rest_.names();
  }

  std::string why_missing(std::string_view name) const override {
    return rest_.why_missing(name);
  }

private:
  std::string_view name_;
  value x_;
  const variables& rest_;
};

/// What makes a list of it.
std::string_view list_advice(const value& x) {
  return x.is_dict() ? "; the filter dict2items makes one, of items with key "
                       "and value"
                     : "";
}

/// In which folders of a role `with_first_found` looks: by the name of the
/// module, as Ansible does.
std::string_view folder_of(std::string_view module) {
  for (auto [part, folder] :
       {std::pair{"template", "templates"}, std::pair{"var", "vars"}})
    if (module.find(part) != module.npos)
      return folder;
  return "files";
}

/// What the lookup of `with_NAME` makes of its terms.
result<value> look_up(const task& t, const value& from, const variables& names,
                      const language& templates,
                      const evaluation_terms& terms) {
  constexpr std::string_view hidden = "troupe_loop_terms";
  if (t.loop_lookup == "list" && !from.is_list())
    return error{errc::lookup, "with_list expects a list"};
  with_one_name visible{hidden, from.is_list() ? from : value{list{from}},
                        names};
  auto more = t.loop_lookup == "first_found"
                ? fmt::format(", _subdir='{}'", folder_of(t.module))
                : std::string{};
  auto got
    = templates.evaluate(value{fmt::format("{{{{ query('{}', *{}{}) }}}}",
                                           t.loop_lookup, hidden, more)},
                         visible, terms);
  if (got)
    return got;
  // Nobody has written the template that is shown, nor the call in it.
  auto why = got.why();
  if (auto shown = shown_place(why); why.message.ends_with(shown))
    why.message.resize(why.message.size() - shown.size());
  if (auto head = lookup_heading(t.loop_lookup); why.message.starts_with(head))
    why.message.erase(0, head.size());
  if (why.detail) {
    auto detail = std::make_shared<error_detail>(*why.detail);
    detail->line = 0;
    why.detail = std::move(detail);
  }
  return why;
}

/// Whether there is a sequence in it that is no list: a tuple.
bool has_tuples(const value& x) {
  auto within = [](auto& items, auto of) {
    return std::any_of(items.begin(), items.end(), of);
  };
  if (x.is_list())
    return x.as_list().kind != list::form::list
           || within(x.as_list(), has_tuples);
  return x.is_dict() && within(x.as_dict(), [](auto& pair) {
           return has_tuples(pair.second);
         });
}

/// As Ansible does it, whose items have lists only.
void make_lists(value& x) {
  if (!has_tuples(x))
    return;
  if (x.is_list()) {
    list out{x.as_list().items};
    for (auto& each : out.items)
      make_lists(each);
    x = std::move(out);
  } else {
    dict out;
    for (auto& [key, each] : x.as_dict()) {
      auto copy = each;
      make_lists(copy);
      out.set(key, std::move(copy));
    }
    x = std::move(out);
  }
}

result<std::optional<std::vector<value>>>
found_items(const task& t, const variables& names, const language& templates,
            const evaluation_terms& terms) {
  using items = std::optional<std::vector<value>>;
  if (t.loop.is_null())
    return items{};
  auto got = ask_settled(names, terms, [&](auto& seen) {
    auto from = templates.evaluate(t.loop, seen, terms);
    return from && !t.loop_lookup.empty()
             ? look_up(t, *from, seen, templates, terms)
             : from;
  });
  if (!got)
    // What a lookup says is read by playbooks as it is.
    return got.why().code == errc::lookup
             ? got.why()
             : error{got.why().code,
                     fmt::format("loop: {}", got.why().message)};
  // Of one thing alone `with_items` makes a list, `loop` does not.
  if (t.flatten_loop)
    // It is a lookup, and what those find is never a template.
    *got = got->marked_unsafe();
  if (t.flatten_loop && !got->is_list())
    return items{std::vector<value>{std::move(*got)}};
  if (!got->is_list())
    return error{errc::type,
                 fmt::format("loop: expected a list, found {} ({}){}",
                             type_name(*got), to_json(*got),
                             list_advice(*got))};
  if (!t.flatten_loop)
    return items{got->as_list().items};
  std::vector<value> flat;
  for (auto& each : got->as_list())
    if (each.is_list())
      flat.insert(flat.end(), each.as_list().begin(), each.as_list().end());
    else
      flat.push_back(each);
  return items{std::move(flat)};
}

} // namespace

result<std::optional<std::vector<value>>>
loop_items(const task& t, const variables& names, const language& templates,
           const evaluation_terms& terms) {
  auto out = found_items(t, names, templates, terms);
  if (out && *out)
    for (auto& each : **out)
      make_lists(each);
  return out;
}

value loop_details(const std::vector<value>& items, size_t at, bool all) {
  auto count = items.size();
  dict out{{"index", uint64_t{at + 1}},
           {"index0", uint64_t{at}},
           {"first", at == 0},
           {"last", at + 1 == count},
           {"length", uint64_t{count}},
           {"revindex", uint64_t{count - at}},
           {"revindex0", uint64_t{count - at - 1}}};
  if (all)
    out.set("allitems", list{items});
  if (at > 0)
    out.set("previtem", items[at - 1]);
  if (at + 1 < count)
    out.set("nextitem", items[at + 1]);
  return value{std::move(out)};
}

} // namespace troupe
