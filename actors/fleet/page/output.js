import { call, each } from "./api.js";
import { count, chip, el, link, output, path, seconds } from "./dom.js";
import { isFailure, states } from "./model.js";
import { RunFrame } from "./run.js";

// What is asked for at once; more on demand.
const atOnce = 100;

async function resultOf(run, id) {
  const page = await call(`${path("v1", "runs", run)}/events?after=${id - 1}&limit=1`);
  const found = page.events[0];
  return found && found.id === id && found.event.result ? found.event.result : null;
}

function diffLines(text) {
  const out = el("pre", { class: "output diff", tabindex: "0" });
  for (const line of text.split("\n")) {
    const kind = line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : line.startsWith("@@") ? "place" : "same";
    out.append(el("span", { class: kind }, output(line).textContent + "\n"));
  }
  return out;
}

/// A plain difference of two texts, line by line, where nothing long is equal.
function compared(before, after) {
  const x = before.split("\n"), y = after.split("\n");
  let head = 0, tail = 0;
  while (head < x.length && head < y.length && x[head] === y[head]) ++head;
  while (tail < x.length - head && tail < y.length - head && x[x.length - 1 - tail] === y[y.length - 1 - tail]) ++tail;
  return [...x.slice(Math.max(0, head - 3), head).map((l) => ` ${l}`), ...x.slice(head, x.length - tail).map((l) => `-${l}`),
    ...y.slice(head, y.length - tail).map((l) => `+${l}`), ...x.slice(x.length - tail, x.length - tail + 3).map((l) => ` ${l}`)].join("\n");
}

function diffOf(diff) {
  return [].concat(diff || []).map((one) => {
    if (one?.prepared) return diffLines(String(one.prepared));
    const side = (x) => (typeof x === "string" ? x : JSON.stringify(x ?? "", null, 2)).trimEnd();
    const title = one?.after_header || one?.before_header;
    return el("div", {}, title ? el("p", { class: "figures", text: title }) : "", diffLines(compared(side(one?.before), side(one?.after))));
  });
}

const shownApart = ["stdout", "stderr", "stdout_lines", "stderr_lines", "msg", "diff", "warnings"];
const without = (output, keys) => Object.fromEntries(Object.entries(output || {}).filter(([key]) => !keys.includes(key)));

/// All that a task has said. A host may have written something else than texts.
export function outcome(result) {
  const out = el("div", { class: "outcome" });
  const put = (title, ...what) => out.append(el("h4", { text: title }), ...what);
  if (result.reason) put("Reason", output(result.reason));
  if (result.msg) put("Message", output(String(result.msg)));
  for (const each of [].concat(result.warnings || [])) put("Warning", output(each));
  if (result.stdout) put("Standard output", output(result.stdout));
  if (result.stderr) put("Standard error", output(result.stderr));
  if (result.diff) put("Changes", ...diffOf(result.diff));
  const rest = without(result.output, shownApart);
  if (Object.keys(rest).length)
    out.append(el("details", {}, el("summary", { text: "Result" }), output(JSON.stringify(rest, null, 2))));
  if (result.place) out.append(el("p", { class: "figures", text: `${result.place.file}:${result.place.line}` }));
  if (!out.firstChild) out.append(el("p", { class: "figures", text: "It said nothing." }));
  return out;
}

const shownState = (model, task, h) => chip(states[task.state[h]] || "waiting");

/// What is alike on several hosts stands once, whenever it ran there.
const alike = (r) => JSON.stringify([r.status, r.changed, r.msg, r.stdout, r.stderr, r.rc, r.diff, r.reason, r.warnings,
  without(r.output, [...shownApart, "start", "end", "delta"])]);

/// One task on all hosts, or on those of one cause.
export function taskOutputView(into, [name, id], query) {
  const cause = query.get("cause");
  const title = el("h2"), list = el("div"), more = el("button", { type: "button", text: "Show more hosts", hidden: true });
  const loaded = new Set(), groups = new Map();
  let model, busy = false;
  const wanted = () => {
    const t = model.byTask.get(id);
    const group = cause && model.groups.get(cause);
    const hosts = group ? [...group.hosts] : model.hosts.map((_, h) => h).filter((h) => model.tasks[t].event[h]);
    return hosts.sort((x, y) => isFailure(model.tasks[t].state[y]) - isFailure(model.tasks[t].state[x]));
  };
  const draw = () => {
    const sorted = [...groups.values()].sort((x, y) => y.result.failed - x.result.failed || y.hosts.length - x.hosts.length);
    sorted.forEach((group, i) => {
      if (!group.element) {
        group.names = el("p", { class: "hosts" });
        group.title = el("h3");
        group.element = el("article", { class: "group" }, group.title, group.names, outcome(group.result));
      }
      if (group.drawn !== group.hosts.length) {
        group.drawn = group.hosts.length;
        group.title.replaceChildren(chip(group.state), ` ${count(group.hosts.length, "host")}`);
        group.names.replaceChildren(...group.hosts.slice(0, 40).flatMap((host) =>
          [link(path("runs", name, "hosts", host, "tasks", id), host), " "]),
        group.hosts.length > 40 ? `and ${group.hosts.length - 40} more` : "");
      }
      if (list.children[i] !== group.element) list.insertBefore(group.element, list.children[i] || null);
    });
  };
  const load = async () => {
    const t = model?.byTask.get(id);
    if (t === undefined || busy) return;
    busy = true;
    const task = model.tasks[t], all = wanted();
    title.textContent = `${task.name}: ${count(all.length, "host")}${cause ? " with this cause" : ""}`;
    const next = all.filter((h) => !loaded.has(h)).slice(0, Math.max(0, room - loaded.size));
    await each(next, 4, async (h) => {
      loaded.add(h);
      const result = await resultOf(name, task.event[h]).catch(() => null);
      if (!result) return;
      const key = alike(result);
      if (!groups.has(key)) groups.set(key, { result, hosts: [], state: states[task.state[h]] });
      groups.get(key).hosts.push(model.hosts[h].name);
    });
    busy = false;
    draw();
    more.hidden = loaded.size >= all.length;
  };
  let room = atOnce;
  more.onclick = () => { room += atOnce; load(); };
  const frame = new RunFrame(into, name, (now) => { model = now; load(); });
  into.append(title, cause ? el("p", {}, link(path("runs", name, "tasks", id), "All hosts of this task")) : "", list, more);
  return frame;
}

/// One host: its tasks, and what one of them said.
export function hostOutputView(into, [name, host, id]) {
  const title = el("h2", {}, link(path("hosts", host), host)), tasks = el("ol", { class: "tasks" }), said = el("section", { "aria-label": "Output" });
  let shown = 0;
  const frame = new RunFrame(into, name, async (model) => {
    const h = model.byHost.get(host);
    if (h === undefined) return;
    const state = model.hosts[h];
    title.replaceChildren(link(path("hosts", host), host), " ", chip(state.status || "running"), state.text ? ` ${state.text}` : "");
    if (!tasks.contains(document.activeElement))
      tasks.replaceChildren(...model.tasks.filter((task) => task.state[h]).map((task) => el("li", {}, shownState(model, task, h), " ",
        link(path("runs", name, "hosts", host, "tasks", task.id), task.name, { "aria-current": task.id === id ? "true" : undefined }),
        el("span", { class: "figures", text: ` ${task.event[h] ? seconds(task.seconds[h]) : ""}` }))));
    const task = model.tasks[model.byTask.get(id)];
    const event = task && task.event[h];
    if (!event || event === shown) return;
    shown = event;
    const result = await resultOf(name, event).catch((why) => ({ msg: why.message }));
    if (result)
      said.replaceChildren(el("h3", { text: result.name || task.name }),
        el("p", {}, link(path("runs", name, "tasks", id), "This task on all hosts")), outcome(result));
  });
  into.append(title, el("div", { class: "halves" }, tasks, said));
  return frame;
}
