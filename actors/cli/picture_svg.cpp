#include "actors/cli/picture_layout.hpp"
#include "actors/report/report_writer.hpp"
#include "config/value/duration.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace troupe {

namespace {

constexpr double header_height = 56;

constexpr auto svg_style = R"css(
svg{--bg:#fff;--fg:#1b1f24;--dim:#656d76;--line:#8c959f;--card:#f6f8fa;
--box:#d0d7de;--ok:#2da44e;--changed:#bf8700;--failed:#cf222e;
--ignored:#0969da;--skipped:#8c959f;--path:#8250df;
font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
@media(prefers-color-scheme:dark){svg{--bg:#0f1216;--fg:#e3e7ec;
--dim:#98a2ad;--line:#6e7681;--card:#1b2027;--box:#3d444d;--ok:#3fb950;
--changed:#d9a32a;--failed:#f5645c;--ignored:#58a6ff;--path:#a371f7}}
text{fill:var(--fg)}.dim{fill:var(--dim)}.big{font-size:17px}
.name{font-weight:600}.bg{fill:var(--bg)}
.box{fill:none;stroke:var(--box)}.play{stroke-width:2}
.rescue,.always,.handlers{stroke-dasharray:5 4}.rescue{stroke:var(--failed)}
.task{fill:var(--card);stroke:var(--box)}.mark{fill:var(--box)}
.ok{fill:var(--ok)}.changed{fill:var(--changed)}.failed{fill:var(--failed)}
.ignored{fill:var(--ignored)}.skipped{fill:var(--skipped)}
path{fill:none;stroke:var(--line);stroke-width:1.4;marker-end:url(#a)}
.order{stroke-dasharray:2 3}.notice{stroke-dasharray:7 4}
.failure{stroke:var(--failed);stroke-dasharray:5 4;marker-end:url(#f)}
.task.on{stroke:var(--path);stroke-width:2.5}
path.on{stroke:var(--path);stroke-width:3;stroke-dasharray:none;
marker-end:url(#c)}
marker path{stroke:none;marker-end:none}
#a path{fill:var(--line)}#f path{fill:var(--failed)}#c path{fill:var(--path)}
)css";

const char* class_of(link_kind kind) {
  constexpr std::array names{"order", "dependency", "failure", "notice"};
  return names[static_cast<size_t>(kind)];
}

const char* class_of(picture_box::role what) {
  constexpr std::array names{"play", "block", "rescue", "always", "handlers"};
  return names[static_cast<size_t>(what)];
}

/// What has room in so many pixels, about.
std::string fitted(const std::string& text, double width) {
  auto part = fitting(text, static_cast<size_t>(width / 7));
  return xml_escaped(part) + (part.size() < text.size() ? "…" : "");
}

class svg_printer {
public:
  explicit svg_printer(const picture& p) : p_{p}, where_{layout_of(p)} {
    for (auto& each : p.steps)
      if (each.critical)
        note_critical(each);
  }

  std::string text() {
    for (size_t i = 0; i < p_.boxes.size(); ++i)
      add_box(i);
    for (size_t i = 0; i < p_.said.size(); ++i)
      add_link(i);
    for (size_t i = 0; i < p_.tasks.size(); ++i)
      add_task(i);
    auto width = std::max(where_.width, 420.0);
    auto height = where_.height + header_height;
    auto name = xml_escaped(p_.name);
    return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\">\n"
      "<title>{2}</title>\n<style>{3}</style>\n<defs>{4}{5}{6}</defs>\n"
      "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n"
      "<text class=\"big name\" x=\"16\" y=\"28\">{7}</text>\n"
      "<text class=\"dim\" x=\"16\" y=\"48\">{8}</text>\n"
      "<g transform=\"translate(0 {9:.0f})\">\n{10}</g>\n</svg>\n",
      width, height, name, svg_style, marker("a"), marker("f"), marker("c"),
      fitted(p_.name, 1.3 * width), summary(), header_height, out_);
  }

private:
  static std::string marker(const char* id) {
    return fmt::format(
      "<marker id=\"{}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
      "markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" "
      "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker>",
      id);
  }

  std::string summary() const {
    auto out = fmt::format("{} tasks", p_.tasks.size());
    if (p_.critical_time)
      out += fmt::format(" · the critical path took {}",
                         format_duration(*p_.critical_time));
    return out;
  }

  void add_box(size_t index) {
    auto& box = p_.boxes[index];
    auto& at = where_.boxes[index];
    out_ += fmt::format("<rect class=\"box {}\" x=\"{:.1f}\" y=\"{:.1f}\" "
                        "width=\"{:.1f}\" height=\"{:.1f}\" rx=\"8\"/>"
                        "<text class=\"dim\" x=\"{:.1f}\" y=\"{:.1f}\">{}"
                        "</text>\n",
                        class_of(box.what), at.x, at.y, at.width, at.height,
                        at.x + 12, at.y + 18, fitted(box.name, at.width - 24));
    // The order of the plan.
    for (size_t i = 1; i < box.inside.size(); ++i) {
      auto& to = box.inside[i];
      auto what
        = to.is_box ? p_.boxes[to.index].what : picture_box::role::block;
      bool late = what != picture_box::role::block;
      if (what == picture_box::role::handlers
          || (box.order == block_order::graph && !late)
          || box.what == picture_box::role::handlers)
        continue;
      auto kind = what == picture_box::role::rescue ? link_kind::failure
                                                    : link_kind::order;
      add_path(box.inside[i - 1], to, {}, kind,
               critical_.contains({box.inside[i - 1], to}));
    }
  }

  /// Notes that the critical path goes from one task to another: between those
  /// two in the innermost box around both that they are, or are in.
  void note_critical(const picture_link& link) {
    std::map<size_t, picture_part> above;
    for (auto at = std::optional{link.from}; at;) {
      auto box = box_around(*at);
      if (box)
        above[*box] = *at;
      at = box ? std::optional{picture_part{true, *box}} : std::nullopt;
    }
    for (auto at = link.to;;) {
      auto box = box_around(at);
      if (!box)
        return;
      if (auto met = above.find(*box); met != above.end()) {
        critical_.emplace(met->second, at);
        return;
      }
      at = {true, *box};
    }
  }

  std::optional<size_t> box_around(const picture_part& x) const {
    return x.is_box ? p_.boxes[x.index].around : p_.tasks[x.index].box;
  }

  void add_link(size_t index) {
    auto& link = p_.said[index];
    if (link.kind == link_kind::notice)
      add_notice(link);
    else
      add_path(link.from, link.to, where_.detours[index], link.kind,
               link.critical);
  }

  void add_path(const picture_part& from, const picture_part& to,
                const std::vector<picture_area>& over, link_kind kind,
                bool critical) {
    auto& start = where_.at(from);
    auto x = start.middle();
    auto y = start.y + start.height;
    auto line = fmt::format("M{:.1f} {:.1f}", x, y);
    auto curve = [&](double to_x, double to_y) {
      auto half = (y + to_y) / 2;
      line += fmt::format("C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", x, half,
                          to_x, half, to_x, to_y);
      x = to_x;
      y = to_y;
    };
    for (auto& each : over) {
      curve(each.middle(), each.y);
      y = each.y + each.height;
      line += fmt::format("V{:.1f}", y);
    }
    auto& end = where_.at(to);
    curve(end.middle(), end.y);
    add_line(line, kind, critical);
  }

  void add_notice(const picture_link& link) {
    auto& start = where_.at(link.from);
    auto& end = where_.at(link.to);
    auto x = start.x + start.width;
    auto y = start.y + start.height / 2;
    auto down = end.y + end.height / 2;
    add_line(fmt::format("M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} "
                         "{:.1f}",
                         x, y, x + 40, y, end.x - 40, down, end.x, down),
             link.kind, link.critical);
  }

  void add_line(const std::string& line, link_kind kind, bool critical) {
    out_ += fmt::format("<path class=\"{}{}\" d=\"{}\"/>\n", class_of(kind),
                        critical ? " on" : "", line);
  }

  void add_task(size_t index) {
    auto& t = p_.tasks[index];
    auto& at = where_.tasks[index];
    auto below = t.module;
    if (t.ended)
      below += fmt::format(" · {} · {}", state_of(t),
                           format_duration(t.ended->duration));
    auto state = state_of(t);
    out_ += fmt::format(
      "<g><title>{}</title><rect class=\"task{}\" x=\"{:.1f}\" y=\"{:.1f}\" "
      "width=\"{:.1f}\" height=\"{:.1f}\" rx=\"6\"/><rect class=\"mark {}\" "
      "x=\"{:.1f}\" y=\"{:.1f}\" width=\"4\" height=\"{:.1f}\" rx=\"2\"/>"
      "<text class=\"name\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>"
      "<text class=\"dim\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n",
      xml_escaped(t.name + "\n" + to_string(t.place)), t.critical ? " on" : "",
      at.x, at.y, at.width, at.height, state, at.x + 6, at.y + 8,
      at.height - 16, at.x + 18, at.y + 20, fitted(t.name, at.width - 28),
      at.x + 18, at.y + 36, fitted(below, at.width - 28));
  }

  const picture& p_;
  picture_layout where_;
  // From one part of a box to another.
  std::set<std::pair<picture_part, picture_part>> critical_;
  std::string out_;
};

} // namespace

std::string to_svg(const picture& p) {
  return svg_printer{p}.text();
}

} // namespace troupe
