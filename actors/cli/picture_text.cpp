#include "actors/cli/picture.hpp"
#include "config/value/duration.hpp"

#include <fmt/format.h>

#include <array>

namespace troupe {

namespace {

using role = picture_box::role;

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

/// A name as Mermaid takes it between quotes, markup and its own included.
std::string mermaid_string(std::string_view text) {
  std::string out;
  for (auto c : text)
    if (c == '\n' || c == '\r')
      out += ' ';
    // Two of % begin a comment or a directive, wherever they stand.
    else if (std::string_view{"\"#<>&`\\%"}.find(c) != std::string_view::npos)
      out += fmt::format("#{};", static_cast<unsigned>(c));
    else
      out += c;
  return out;
}

std::string time_of(const picture_task& t) {
  return t.ended ? format_duration(t.ended->duration) : std::string{};
}

/// Prints what is in boxes, the outer ones first.
template <class Printer>
void print_box(const picture& p, size_t box, Printer& to) {
  to.begin(p.boxes[box], box);
  for (auto& each : p.boxes[box].inside)
    if (each.is_box)
      print_box(p, each.index, to);
    else
      to.print(p.tasks[each.index], each.index);
  to.end();
}

template <class Printer>
void print_all(const picture& p, Printer& to) {
  for (size_t i = 0; i < p.boxes.size(); ++i)
    if (!p.boxes[i].around)
      print_box(p, i, to);
  for (size_t i = 0; i < p.steps.size(); ++i)
    to.print(p.steps[i], i);
}

class dot_printer {
public:
  explicit dot_printer(const picture& p) : p_{p} {
  }

  void begin(const picture_box& box, size_t index) {
    out_ += fmt::format(
      "  subgraph cluster_{} {{ label={};{}\n", index, dot_string(box.name),
      box.what == role::rescue ? " color=red; style=dashed;" : "");
  }

  void end() {
    out_ += "  }\n";
  }

  void print(const picture_task& t, size_t) {
    auto label = t.name + "\n" + t.module;
    std::string style;
    if (t.ended)
      label += "\n" + state_of(t) + " " + time_of(t);
    if (state_of(t) == "failed")
      style += ", color=red";
    if (t.critical)
      style += ", penwidth=3";
    out_ += fmt::format("    {} [label={}{}];\n", dot_string(t.key()),
                        dot_string(label), style);
  }

  void print(const picture_link& link, size_t) {
    constexpr std::array styles{"style=dotted", "",
                                "style=dashed, color=red, label=\"failed\"",
                                "style=dashed, label=\"notify\""};
    std::string style = styles[static_cast<size_t>(link.kind)];
    if (link.critical)
      style += style.empty() ? "penwidth=3" : ", penwidth=3";
    out_ += fmt::format("  {} -> {}{};\n", key_of(link.from), key_of(link.to),
                        style.empty() ? "" : " [" + style + "]");
  }

  std::string text() const {
    return "digraph plan {\n  rankdir=LR;\n  node [shape=box];\n" + out_
           + "}\n";
  }

private:
  std::string key_of(const picture_part& x) const {
    return dot_string(p_.tasks[x.index].key());
  }

  const picture& p_;
  std::string out_;
};

class mermaid_printer {
public:
  void begin(const picture_box& box, size_t index) {
    out_ += fmt::format("  subgraph b{}[\"{}\"]\n", index,
                        mermaid_string(box.name));
  }

  void end() {
    out_ += "  end\n";
  }

  void print(const picture_task& t, size_t index) {
    auto label = mermaid_string(t.name) + "<br/>" + mermaid_string(t.module);
    if (t.ended)
      label += " · " + time_of(t);
    out_ += fmt::format("    t{}[\"{}\"]\n", index, label);
    if (auto state = state_of(t); !state.empty())
      out_ += fmt::format("    class t{} {}\n", index, state);
    if (t.critical)
      out_ += fmt::format("    style t{} stroke-width:4px\n", index);
  }

  void print(const picture_link& link, size_t index) {
    constexpr std::array arrows{"-.->", "-->", "-. failed .->",
                                "-. notify .->"};
    out_ += fmt::format("  t{} {} t{}\n", link.from.index,
                        arrows[static_cast<size_t>(link.kind)], link.to.index);
    if (link.critical)
      out_ += fmt::format("  linkStyle {} stroke-width:4px\n", index);
  }

  std::string text(bool from_run) const {
    std::string classes
      = "  classDef ok stroke:#2da44e\n  classDef changed stroke:#bf8700\n"
        "  classDef failed stroke:#cf222e\n  classDef ignored stroke:#0969da\n"
        "  classDef skipped stroke:#8c959f,stroke-dasharray:4\n";
    return "flowchart TD\n" + out_ + (from_run ? classes : std::string{});
  }

private:
  std::string out_;
};

} // namespace

std::string to_dot(const picture& p) {
  dot_printer to{p};
  print_all(p, to);
  return to.text();
}

std::string to_mermaid(const picture& p) {
  mermaid_printer to;
  print_all(p, to);
  return to.text(p.critical_time.has_value());
}

} // namespace troupe
