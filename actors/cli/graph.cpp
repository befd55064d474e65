#include "actors/cli/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace troupe {

namespace {

/// A name as the dot language quotes it.
std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (auto c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + "\"";
}

/// Prints a play: dotted edges are the order of the plan, solid ones are
/// dependencies, dashed ones lead to what runs after a failure and to handlers;
/// boxes are batches and blocks.
class dot_printer {
public:
  explicit dot_printer(std::string prefix) : prefix_{std::move(prefix)} {
  }

  std::string print(const play& p) {
    print_children(p.body.body, p.body.order, {}, in_order);
    print_dependencies(p.body);
    if (!p.handlers.empty())
      print_handlers(p);
    return std::move(out_);
  }

private:
  using ids = std::vector<std::string>;

  static constexpr const char* in_order = " [style=dotted]";
  static constexpr const char* on_failure
    = " [style=dashed, color=red, label=\"failed\"]";
  static constexpr const char* on_notice = " [style=dashed, label=\"notify\"]";

  std::string point(const std::string& id) const {
    return dot_string(prefix_ + id);
  }

  void edge(const std::string& from, const std::string& to, const char* style) {
    out_ += fmt::format("    {} -> {}{};\n", point(from), point(to), style);
  }

  /// Prints a child and returns the tasks it ends with.
  ids print_node(const node& n, const ids& before, const char* style) {
    if (auto* t = std::get_if<task>(&n.what)) {
      out_ += fmt::format("    {} [label={}];\n", point(t->id),
                          dot_string(t->name + "\n" + t->module));
      for (auto& id : before)
        edge(id, t->id, style);
      ends_[t->id] = {t->id};
      return {t->id};
    }
    auto& b = std::get<block>(n.what);
    out_ += fmt::format("    subgraph {} {{ label={};\n",
                        dot_string("cluster_" + prefix_ + b.id),
                        dot_string(b.name.empty() ? b.id : b.name));
    auto last = print_children(b.body, b.order, before, style);
    auto rescued
      = print_children(b.rescue, block_order::sequence, last, on_failure);
    if (!b.rescue.empty())
      last.insert(last.end(), rescued.begin(), rescued.end());
    last = print_children(b.always, block_order::sequence, last, in_order);
    out_ += "    }\n";
    ends_[b.id] = last;
    return last;
  }

  /// `style`: of the edges from `before` to the first of them.
  ids print_children(const std::vector<node>& nodes, block_order order,
                     const ids& before, const char* style) {
    ids last = before;
    ids all;
    for (auto& child : nodes) {
      bool follows = order == block_order::sequence && !all.empty();
      auto done
        = print_node(child, order == block_order::sequence ? last : before,
                     follows ? in_order : style);
      all.insert(all.end(), done.begin(), done.end());
      last = std::move(done);
    }
    return order == block_order::sequence || all.empty() ? last : all;
  }

  void print_handlers(const play& p) {
    out_ += fmt::format("    subgraph {} {{ label=\"handlers\";\n",
                        dot_string("cluster_" + prefix_ + "handlers"));
    for (auto& each : p.handlers)
      print_node(each, {}, in_order);
    out_ += "    }\n";
    auto link_to = [&](const auto& handler, const task& t) {
      auto* said = t.said.find("notify");
      if (said && said->x.is_list())
        for (auto& each : said->x.as_list())
          if (is_called(handler, each.text_or("")))
            if (auto to = first_of(handler); !to.empty())
              edge(t.id, to, on_notice);
    };
    for (auto& each : p.handlers)
      std::visit(
        [&](auto& handler) {
          for_each_task(p.body, [&](const task& t) { link_to(handler, t); });
        },
        each.what);
  }

  template <class T>
  static bool is_called(const T& handler, std::string_view name) {
    auto& also = handler.listen;
    return handler.name == name
           || std::string_view{handler.id}.substr(handler.id.find(':') + 1)
                == name
           || std::find(also.begin(), also.end(), name) != also.end();
  }

  static std::string first_of(const task& t) {
    return t.id;
  }

  static std::string first_of(const block& b) {
    auto* first = first_task(b);
    return first ? first->id : std::string{};
  }

  void print_dependencies(const block& b) {
    for (auto& child : b.body) {
      if (auto* inner = std::get_if<block>(&child.what)) {
        if (auto* first = first_task(*inner))
          link(inner->dependencies, first->id);
        print_dependencies(*inner);
      } else {
        auto& t = std::get<task>(child.what);
        link(t.dependencies, t.id);
      }
    }
  }

  static const task* first_task(const block& b) {
    for (auto* nodes : {&b.body, &b.rescue, &b.always})
      for (auto& child : *nodes) {
        auto* t = std::get_if<task>(&child.what);
        if (auto* first = t ? t : first_task(std::get<block>(child.what)))
          return first;
      }
    return nullptr;
  }

  void link(const ids& wanted, const std::string& to) {
    for (auto& id : wanted)
      for (auto& end : ends_[id])
        edge(end, to, "");
  }

  std::string prefix_;
  std::string out_;
  std::map<std::string, ids> ends_;
};

std::string dot_of(const plan& p) {
  std::string out = "digraph plan {\n  rankdir=LR;\n  node [shape=box];\n";
  for (size_t i = 0; i < p.plays.size(); ++i) {
    auto& each = p.plays[i];
    out += fmt::format("  subgraph cluster_{} {{\n    label={};\n", i,
                       dot_string(each.name));
    out += dot_printer{fmt::format("{}/", i)}.print(each);
    out += "  }\n";
  }
  return out + "}\n";
}

} // namespace

void add_graph(CLI::App& app, command_line& line) {
  auto choice = std::make_shared<plan_choice>();
  auto* command
    = app.add_subcommand("graph", "Print what waits for what, for Graphviz");
  command->footer("Example:\n  troupe graph site.json | dot -Tsvg > site.svg");
  choice->add_to(*command);
  command->callback([choice, &line] {
    if (auto what = prepare_choice(*choice, line))
      line.say(dot_of(*what->ctx->what));
  });
}

} // namespace troupe
