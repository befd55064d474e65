import { call, onChange } from "./api.js";
import { byName, choice, clock, count, el, figures, filtering, go, head, heads, link, number, part, path, say } from "./dom.js";
import { Grid } from "./grid.js";
import { recentRuns } from "./runs.js";

const gap = 2;

/// A square a host, group after group; what it shows stands in the table beside
/// it too.
class HeatMap {
  constructor() {
    this.canvas = el("canvas", { class: "map", role: "img" });
    this.tip = el("p", { class: "tip", text: "\u00a0" });
    this.element = el("div", {}, this.canvas, this.tip);
    this.canvas.addEventListener("mousemove", (e) => this.point(e));
    this.canvas.addEventListener("click", (e) => {
      const host = this.hit(e);
      if (host) go("hosts", host.host);
    });
    this.watcher = new ResizeObserver(() => this.draw());
    this.watcher.observe(this.element);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.onchange = () => this.draw();
    this.groups = [];
  }

  set(groups) {
    this.groups = groups;
    this.draw();
  }

  draw() {
    const width = this.element.clientWidth || 600, ratio = devicePixelRatio || 1;
    const hosts = this.groups.reduce((n, x) => n + x.hosts.length, 0);
    const size = this.size = hosts > 2000 ? 10 : hosts > 300 ? 14 : 22;
    const columns = Math.max(1, Math.floor(width / (size + gap)));
    this.places = [];
    let y = 0;
    for (const group of this.groups) {
      const rows = Math.ceil(group.hosts.length / columns);
      this.places.push({ group, y: y + 18, rows, columns });
      y += 18 + rows * (size + gap) + 8;
    }
    this.canvas.style.height = `${y}px`;
    this.canvas.width = width * ratio;
    this.canvas.height = Math.max(1, y * ratio);
    const style = getComputedStyle(document.documentElement), c = this.canvas.getContext("2d");
    const colour = (name) => style.getPropertyValue(name).trim();
    const paint = { there: colour("--there"), away: colour("--away") };
    c.scale(ratio, ratio);
    c.font = "12px system-ui, sans-serif";
    for (const at of this.places) {
      c.fillStyle = colour("--text");
      c.fillText(`${at.group.name} (${at.group.hosts.length})`, 0, at.y - 6);
      at.group.hosts.forEach((host, i) => {
        const x = (i % columns) * (size + gap), top = at.y + Math.floor(i / columns) * (size + gap);
        c.fillStyle = host.connected ? paint.there : paint.away;
        c.fillRect(x, top, size, size);
        // Not by colour alone.
        if (!host.connected) {
          c.strokeStyle = colour("--bg");
          c.lineWidth = 2;
          c.beginPath();
          c.moveTo(x + 3, top + 3);
          c.lineTo(x + size - 3, top + size - 3);
          c.stroke();
        }
      });
    }
  }

  hit(e) {
    const { size } = this;
    for (const at of this.places || []) {
      const row = Math.floor((e.offsetY - at.y) / (size + gap)), column = Math.floor(e.offsetX / (size + gap));
      if (row >= 0 && row < at.rows && column < at.columns) return at.group.hosts[row * at.columns + column];
    }
    return undefined;
  }

  point(e) {
    const host = this.hit(e);
    this.canvas.style.cursor = host ? "pointer" : "";
    this.tip.textContent = host
      ? `${host.host}: ${host.connected ? "connected" : `away since ${clock(host.seen)}`}, ${host.software}` : "\u00a0";
  }

  close() { this.watcher.disconnect(); }
}

const presence = (host) => (host.connected ? "connected" : "away");

function grouped(hosts) {
  const groups = new Map();
  for (const host of hosts) {
    const name = host.labels[0] || "without a label";
    if (!groups.has(name)) groups.set(name, { name, hosts: [] });
    groups.get(name).hosts.push(host);
  }
  return [...groups.values()].sort((x, y) => byName(x.name, y.name));
}

function tally(hosts, of) {
  const out = new Map();
  for (const host of hosts)
    for (const key of of(host)) {
      const one = out.get(key) || { all: 0, there: 0 };
      ++one.all;
      if (host.connected) ++one.there;
      out.set(key, one);
    }
  return [...out].sort((x, y) => y[1].all - x[1].all || byName(x[0], y[0]));
}

function table(title, rows, query) {
  return el("table", { class: "plain" }, el("caption", { text: title }),
    heads("name", "hosts", "connected", "away"),
    el("tbody", {}, ...rows.slice(0, 50).map(([name, one]) => el("tr", {},
      el("th", { scope: "row" }, link(`/hosts?${query}=${encodeURIComponent(name)}`, name)),
      ...[one.all, one.there, one.all - one.there].map((x) => el("td", { text: x }))))));
}

export function fleetView(into) {
  const facts = figures(), side = el("div", { class: "side" }), runs = el("div");
  const map = new HeatMap();
  into.append(head("Fleet"), facts,
    el("div", { class: "halves" }, el("section", { "aria-label": "Hosts" }, map.element), side),
    el("section", { "aria-label": "Newest runs" }, el("h2", { text: "Newest runs" }), runs));
  const feed = onChange(async () => {
    const [{ hosts }, list] = await Promise.all([call("/v1/hosts"), call("/v1/runs?limit=8")]);
    const there = hosts.filter((x) => x.connected).length;
    const text = `${count(hosts.length, "host")}, ${number(there)} connected, ${number(hosts.length - there)} away`;
    facts.textContent = text;
    say(text);
    map.canvas.setAttribute("aria-label", `A square for each host: ${text}`);
    map.set(grouped(hosts));
    side.replaceChildren(table("Groups", tally(hosts, (x) => (x.labels.length ? x.labels : ["without a label"])), "label"),
      table("Versions", tally(hosts, (x) => [x.software || "unknown"]), "version"));
    runs.replaceChildren(recentRuns(list.runs));
  });
  return { close() { feed.close(); map.close(); } };
}

export function hostsView(into, _, query) {
  const facts = figures();
  const filter = filtering(narrow, query.get("label") || query.get("version") || "");
  const state = choice("State", ["all", "connected", "away"], narrow);
  const grid = new Grid({
    label: "Hosts", fill: true,
    columns: [
      { title: "host", width: 150, grow: 1, text: (x) => x.host, href: (x) => path("hosts", x.host) },
      { title: "state", width: 110, text: presence, cls: (x) => `chips s-${presence(x)}` },
      { title: "labels", width: 160, grow: 1, text: (x) => x.labels.join(", ") },
      { title: "version", width: 110, text: (x) => x.software },
      { title: "seen", width: 180, text: (x) => clock(x.seen) },
      { title: "address", width: 130, text: (x) => x.address },
    ],
    open: (x) => go("hosts", x.host),
  });
  into.append(head("Hosts"), el("div", { class: "bar" }, ...filter.parts, state[0]), facts, grid.element);
  let hosts = [];
  function narrow() {
    const only = state[1].value;
    const shown = hosts.filter((x) => (only === "all" || presence(x) === only) && filter.fits(x.text));
    facts.textContent = part(shown.length, hosts.length, "host");
    grid.set(shown);
  }
  const feed = onChange(async () => {
    ({ hosts } = await call("/v1/hosts"));
    hosts.sort((x, y) => byName(x.host, y.host));
    hosts.forEach((x) => (x.text = `${x.host} ${x.labels.join(" ") || "without a label"} ${x.software || "unknown"} ${x.address}`));
    narrow();
  });
  return { close() { feed.close(); grid.close(); } };
}

export function hostView(into, [name]) {
  const body = el("div");
  into.append(head(name, link("/hosts", "All hosts")), body);
  const feed = onChange(async () => {
    const host = await call(`${path("v1", "hosts", name)}?facts=true`);
    const rows = { state: presence(host), labels: host.labels.join(", "), version: host.software,
      address: host.address, seen: clock(host.seen), joined: clock(host.joined), key: host.key };
    body.replaceChildren(el("dl", { class: "pairs" }, ...Object.entries(rows).flatMap(([key, text]) =>
      [el("dt", { text: key }), el("dd", { text: text || "–" })])),
    el("h2", { text: "Facts" }), el("pre", { class: "output", tabindex: "0", text: JSON.stringify(host.facts, null, 2) }));
  });
  return feed;
}
