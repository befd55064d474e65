// What is known of a run, from brief events: for each task a few numbers a host,
// so that 10,000 hosts with a hundred tasks stay small.

export const states = ["", "ok", "changed", "failed", "skipped", "timeout", "cancelled", "running", "ignored", "rescued"];
export const glyphs = ["", "✓", "~", "✕", "–", "T", "⊘", "▸", "!", "↺"];
export const OK = 1, CHANGED = 2, FAILED = 3, SKIPPED = 4, TIMEOUT = 5, CANCELLED = 6, RUNNING = 7, IGNORED = 8, RESCUED = 9;
export const isOver = (run) => ["ok", "failed", "cancelled"].includes(run?.status);
export const isFailure = (state) => state === FAILED || state === TIMEOUT;

function stateOf(result) {
  if (result.rescued) return RESCUED;
  if (result.status === "timeout") return result.ignored ? IGNORED : TIMEOUT;
  if (result.status === "failed") return result.ignored ? IGNORED : FAILED;
  if (result.status === "skipped") return SKIPPED;
  if (result.status === "cancelled") return CANCELLED;
  return result.changed ? CHANGED : OK;
}

class Column {
  constructor(id, name, module, room) {
    Object.assign(this, { id, name, module });
    this.state = new Uint8Array(room);
    this.event = new Float64Array(room);
    this.start = new Float64Array(room);
    this.seconds = new Float32Array(room);
  }

  grow(room) {
    for (const key of ["state", "event", "start", "seconds"]) {
      const more = new this[key].constructor(room);
      more.set(this[key]);
      this[key] = more;
    }
  }
}

export class RunModel {
  constructor() {
    this.hosts = [];
    this.byHost = new Map();
    this.tasks = [];
    this.byTask = new Map();
    this.groups = new Map();
    this.failed = new Map();
    this.run = null;
    this.room = 64;
    this.begun = Infinity;
    this.ended = 0;
  }

  host(name) {
    let i = this.byHost.get(name);
    if (i === undefined) {
      i = this.hosts.length;
      this.hosts.push({ name, index: i, status: "", batch: 0, text: "", failures: 0, done: 0 });
      this.byHost.set(name, i);
      if (i >= this.room) {
        this.room *= 2;
        this.tasks.forEach((each) => each.grow(this.room));
      }
    }
    return i;
  }

  task(id, name, module) {
    let i = this.byTask.get(id);
    if (i === undefined) {
      i = this.tasks.length;
      this.tasks.push(new Column(id, name || id, module || "", this.room));
      this.byTask.set(id, i);
    }
    return i;
  }

  /// How the controller sees the run and its hosts.
  setRun(run) {
    this.run = run;
    for (const each of run.hosts || []) {
      const host = this.hosts[this.host(each.host)];
      host.status = each.away ? "away" : each.status;
      host.batch = each.batch;
      host.text = each.text || "";
    }
  }

  apply(events) {
    for (const each of events)
      if (each.event && each.event.event) this.one(each);
  }

  one({ id, host, event }) {
    // A host tells of runs over many hosts with their names.
    const named = this.run && this.run.reported && event.host && event.host !== "localhost" ? event.host : host;
    const kind = event.event;
    if (kind === "run_started" && event.plan) this.plan = event.plan;
    const at = Date.parse(event.time);
    if (at < this.begun) this.begun = at;
    if (at > this.ended) this.ended = at;
    if (!event.task) return;
    const h = this.host(named);
    const result = event.result || {};
    const t = this.task(event.task, result.name || event.name, result.module || event.module);
    const task = this.tasks[t];
    if (kind === "task_started") {
      if (!task.state[h]) this.put(task, t, h, RUNNING);
      task.start[h] = at;
    } else if (kind === "task_ended") {
      const state = stateOf(result);
      this.put(task, t, h, state);
      task.event[h] = id;
      task.seconds[h] = result.duration || 0;
      task.start[h] = Date.parse(result.start) || at;
      if (isFailure(state)) this.fail(t, h, result);
    } else if (kind === "task_rescued") {
      this.put(task, t, h, RESCUED);
    }
  }

  put(task, t, h, state) {
    const before = task.state[h];
    const host = this.hosts[h];
    if (isFailure(before)) {
      --host.failures;
      const group = this.failed.get(`${t} ${h}`);
      group.hosts.delete(h);
      if (!group.hosts.size) this.groups.delete(group.key);
    }
    if (before && before !== RUNNING) --host.done;
    if (state !== RUNNING) ++host.done;
    task.state[h] = state;
  }

  /// Failures of the same task with the same words have one cause, also where
  /// each host says its own name.
  fail(t, h, result) {
    const kind = result.error || "failed";
    const text = (result.msg || result.reason || "").replaceAll(this.hosts[h].name, "{host}");
    const key = `${t}\n${kind}\n${text}`;
    let group = this.groups.get(key);
    if (!group) this.groups.set(key, group = { key, task: t, kind, text, hosts: new Set() });
    group.hosts.add(h);
    this.failed.set(`${t} ${h}`, group);
    ++this.hosts[h].failures;
  }

  /// Those of most hosts first.
  causes() {
    return [...this.groups.values()].sort((x, y) => y.hosts.size - x.hosts.size || x.task - y.task);
  }

  /// Hosts to show: of a run over others those, and not the one that tells.
  rows() {
    const told = this.run?.reported ? this.hosts.filter((x) => x.done) : [];
    return told.length ? told : this.hosts;
  }

  /// As the controller says; of a run that it has not sent, by what was told.
  statusOf(host) {
    return host.status || (host.failures ? "failed" : isOver(this.run) ? "ok" : "running");
  }

  counts() {
    const out = {};
    for (const each of this.rows()) {
      const status = this.statusOf(each);
      out[status] = (out[status] || 0) + 1;
    }
    return out;
  }

  /// Of a task: numbers of its states, and how long it took.
  figures(task) {
    const states = new Array(10).fill(0), times = [];
    let first = Infinity, last = 0, slowest = -1, longest = -1;
    for (let h = 0; h < this.hosts.length; ++h) {
      ++states[task.state[h]];
      if (!task.event[h] || task.state[h] === SKIPPED || task.state[h] === CANCELLED) continue;
      times.push(task.seconds[h]);
      first = Math.min(first, task.start[h]);
      last = Math.max(last, task.start[h] + 1000 * task.seconds[h]);
      if (task.seconds[h] > longest) { longest = task.seconds[h]; slowest = h; }
    }
    times.sort((x, y) => x - y);
    return { states, first, last, slowest, longest, ran: times.length,
      median: times.length ? times[times.length >> 1] : NaN, sum: times.reduce((x, y) => x + y, 0) };
  }
}
