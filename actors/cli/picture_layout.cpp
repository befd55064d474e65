#include "actors/cli/picture_layout.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace troupe {

namespace {

constexpr double task_width = 220;
constexpr double task_height = 46;
constexpr double spacing = 26;
constexpr double layer_spacing = 44;
constexpr double padding = 16;
constexpr double title_height = 28;
constexpr double detour_width = 10;
// What is wider or has more links is drawn in a simpler way.
constexpr size_t most_in_layer = 8;
constexpr size_t most_detours = 2000;

using role = picture_box::role;

/// What stands in a layer: a part of the picture, or a link that passes.
struct cell {
  std::optional<picture_part> part;
  /// Of a link that passes: which, and the how many-th of its points.
  size_t link = 0;
  size_t point = 0;
};

using layer = std::vector<cell>;

class layout_maker {
public:
  explicit layout_maker(const picture& p) : p_{p} {
    out_.tasks.resize(p.tasks.size(), {0, 0, task_width, task_height});
    out_.boxes.resize(p.boxes.size());
    out_.detours.resize(p.said.size());
    layers_.resize(p.boxes.size());
  }

  picture_layout make() {
    double y = padding;
    for (size_t i = 0; i < p_.boxes.size(); ++i) {
      if (p_.boxes[i].around)
        continue;
      measure(i);
      place({true, i}, padding, y);
      y += out_.boxes[i].height + spacing;
      out_.width = std::max(out_.width, out_.boxes[i].width + 2 * padding);
    }
    out_.height = y;
    return std::move(out_);
  }

private:
  picture_area& area(const picture_part& x) {
    return x.is_box ? out_.boxes[x.index] : out_.tasks[x.index];
  }

  picture_area& area(const cell& x) {
    return x.part ? area(*x.part) : out_.detours[x.link][x.point];
  }

  double spacing_in(const picture_box& box) const {
    return box.order == block_order::graph && box.what != role::handlers
             ? layer_spacing
             : spacing;
  }

  /// The handlers of a play, which stand beside the rest.
  const picture_part* aside(const picture_box& box) const {
    if (box.inside.empty() || !box.inside.back().is_box)
      return nullptr;
    auto& last = box.inside.back();
    return p_.boxes[last.index].what == role::handlers ? &last : nullptr;
  }

  /// Finds layers and size of a box, those inside it first.
  void measure(size_t index) {
    auto& box = p_.boxes[index];
    for (auto& each : box.inside)
      if (each.is_box)
        measure(each.index);
    layers_[index] = layers_of(box);
    auto& size = out_.boxes[index];
    size = {0, 0, 160, title_height + padding};
    auto between = spacing_in(box);
    for (auto& each : layers_[index]) {
      auto [width, height] = size_of(each);
      size.width = std::max(size.width, width + 2 * padding);
      size.height += height + between;
    }
    if (!layers_[index].empty())
      size.height -= between;
    if (auto* beside = aside(box)) {
      auto& with = area(*beside);
      size.width += with.width + layer_spacing;
      size.height = std::max(size.height, with.height + title_height + padding);
    }
  }

  std::pair<double, double> size_of(const layer& x) {
    double width = -spacing;
    double height = 0;
    for (auto& each : x) {
      width += area(each).width + spacing;
      height = std::max(height, area(each).height);
    }
    return {width, height};
  }

  std::vector<layer> layers_of(const picture_box& box) {
    std::vector<layer> out;
    auto* beside = aside(box);
    if (box.order == block_order::graph && box.what != role::handlers)
      out = graph_layers(box);
    for (auto& each : box.inside) {
      bool late = each.is_box && p_.boxes[each.index].what != role::block;
      bool here = box.order == block_order::sequence
                  || box.what == role::handlers || late;
      if (here && &each != beside)
        out.push_back({{each}});
    }
    return out;
  }

  struct inner_link {
    size_t from;
    size_t to;
    size_t said;
  };

  std::vector<layer> graph_layers(const picture_box& box) {
    std::vector<picture_part> parts;
    std::map<picture_part, size_t> number;
    for (auto& each : box.inside)
      if (!each.is_box || p_.boxes[each.index].what == role::block) {
        number[each] = parts.size();
        parts.push_back(each);
      }
    std::vector<inner_link> links;
    auto own = static_cast<size_t>(&box - p_.boxes.data());
    for (size_t i = 0; i < p_.said.size(); ++i) {
      if (p_.said[i].kind != link_kind::dependency)
        continue;
      auto from = child_of(p_, own, p_.said[i].from);
      auto to = child_of(p_, own, p_.said[i].to);
      if (from && to && *from != *to)
        links.push_back({number.at(*from), number.at(*to), i});
    }
    auto level = levels(parts.size(), links);
    return detoured(parts, level, links);
  }

  /// What waits for nothing is in level 0; a level that is too full is divided.
  static std::vector<size_t> levels(size_t count,
                                    const std::vector<inner_link>& links) {
    std::vector<std::vector<size_t>> after(count);
    std::vector<size_t> waits(count);
    for (auto& each : links) {
      after[each.from].push_back(each.to);
      ++waits[each.to];
    }
    std::vector<size_t> out(count);
    std::vector<size_t> open;
    for (size_t i = 0; i < count; ++i)
      if (waits[i] == 0)
        open.push_back(i);
    size_t level = 0;
    while (!open.empty()) {
      std::vector<size_t> next;
      for (size_t i = 0; i < open.size(); ++i) {
        if (i > 0 && i % most_in_layer == 0)
          ++level;
        out[open[i]] = level;
        for (auto each : after[open[i]])
          if (--waits[each] == 0)
            next.push_back(each);
      }
      std::sort(next.begin(), next.end());
      open = std::move(next);
      ++level;
    }
    return out;
  }

  /// Makes layers in which links that pass have a place too, and orders them.
  std::vector<layer> detoured(const std::vector<picture_part>& parts,
                              const std::vector<size_t>& level,
                              const std::vector<inner_link>& links) {
    std::vector<layer> out;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (level[i] >= out.size())
        out.resize(level[i] + 1);
      out[level[i]].push_back({parts[i]});
    }
    size_t passing = 0;
    for (auto& each : links)
      passing += level[each.to] - level[each.from] - 1;
    if (passing <= most_detours)
      for (auto& each : links)
        for (auto at = level[each.from] + 1; at < level[each.to]; ++at) {
          auto& points = out_.detours[each.said];
          out[at].push_back({{}, each.said, points.size()});
          points.push_back({0, 0, detour_width, 0});
        }
    order(out, parts, links);
    return out;
  }

  /// Puts each cell of a layer below the middle of those it hangs from.
  void order(std::vector<layer>& layers, const std::vector<picture_part>& parts,
             const std::vector<inner_link>& links) {
    std::map<picture_part, std::vector<std::pair<picture_part, size_t>>> above;
    for (auto& each : links)
      above[parts[each.to]].emplace_back(parts[each.from], each.said);
    std::map<picture_part, double> at;
    std::unordered_map<size_t, double> passes;
    std::unordered_map<size_t, picture_part> source;
    for (auto& each : links)
      source[each.said] = parts[each.from];
    auto wish = [&](const cell& x) {
      if (!x.part) {
        auto before = passes.find(x.link);
        return before != passes.end() ? before->second : at[source[x.link]];
      }
      double sum = 0;
      auto& from = above[*x.part];
      for (auto& [part, said] : from)
        sum += passes.contains(said) ? passes[said] : at[part];
      return from.empty() ? 0 : sum / static_cast<double>(from.size());
    };
    for (auto& each : layers) {
      std::vector<std::pair<double, cell>> wanted;
      wanted.reserve(each.size());
      for (auto& x : each)
        wanted.emplace_back(wish(x), x);
      std::stable_sort(wanted.begin(), wanted.end(),
                       [](auto& x, auto& y) { return x.first < y.first; });
      auto x = -size_of(each).first / 2;
      for (size_t i = 0; i < each.size(); ++i) {
        each[i] = wanted[i].second;
        auto width = area(each[i]).width;
        (each[i].part ? at[*each[i].part] : passes[each[i].link])
          = x + width / 2;
        x += width + spacing;
      }
    }
  }

  void place(const picture_part& what, double x, double y) {
    auto& own = area(what);
    own.x = x;
    own.y = y;
    if (!what.is_box)
      return;
    auto& box = p_.boxes[what.index];
    auto* beside = aside(box);
    auto room = own.width - 2 * padding;
    if (beside) {
      auto width = area(*beside).width;
      room -= width + layer_spacing;
      place(*beside, x + own.width - padding - width, y + title_height);
    }
    auto down = y + title_height;
    for (auto& each : layers_[what.index]) {
      auto [width, height] = size_of(each);
      auto right = x + padding + (room - width) / 2;
      for (auto& inside : each) {
        auto size = area(inside);
        if (inside.part)
          place(*inside.part, right, down + (height - size.height) / 2);
        else
          area(inside) = {right, down, detour_width, height};
        right += size.width + spacing;
      }
      down += height + spacing_in(box);
    }
  }

  const picture& p_;
  picture_layout out_;
  // Of each box.
  std::vector<std::vector<layer>> layers_;
};

} // namespace

picture_layout layout_of(const picture& p) {
  return layout_maker{p}.make();
}

} // namespace troupe
