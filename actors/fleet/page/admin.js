import { call, onChange } from "./api.js";
import { clock, count, el, figures, filtering, head, heads, part, problem } from "./dom.js";
import { Grid } from "./grid.js";

/// Who waits to be let in. Whoever approves compares the key with that which the
/// host itself shows.
export function enrolmentsView(into) {
  const error = problem(), list = el("div");
  into.append(head("Enrolments"), el("p", { text: "Compare the key with the one that “agent join” has shown over there." }), error, list);
  const approve = async (one) => {
    if (!confirm(`Let ${one.name} in as ${one.role}, with key ${one.key}?`)) return;
    error.textContent = "";
    const done = await call(`/v1/enrolments/${encodeURIComponent(one.name)}/approve`, { method: "POST" })
      .catch((why) => { error.textContent = why.message; });
    if (done && done.key !== one.key) error.textContent = `Another key was approved than was shown: ${done.key}. Revoke ${one.name}.`;
    await draw();
  };
  const draw = async () => {
    const { enrolments } = await call("/v1/enrolments");
    list.replaceChildren(enrolments.length ? el("table", { class: "plain wide" },
      el("caption", { text: `${count(enrolments.length, "request waits", "requests wait")}` }),
      heads("name", "role", "key", "until", "approve"),
      el("tbody", {}, ...enrolments.map((x) => el("tr", {}, el("th", { scope: "row", text: x.name }), el("td", { text: x.role }),
        el("td", {}, el("code", { text: x.key })), el("td", { text: clock(x.expires) }),
        el("td", {}, el("button", { type: "button", text: "Approve", "aria-label": `Approve ${x.name}`, onclick: () => approve(x) })))))) :
      el("p", { text: "Nobody waits." }));
  };
  return onChange(draw);
}

export function auditView(into) {
  const filter = filtering(narrow), facts = figures();
  const grid = new Grid({ label: "Audit log, the newest first", fill: true, columns: [
    { title: "time", width: 180, text: (x) => clock(x.time) },
    { title: "what", width: 130, text: (x) => x.what || "", cls: (x) => (x.what === "refused" || x.what === "violation" ? "chips s-failed" : "") },
    { title: "who", width: 160, text: (x) => x.who || "" },
    { title: "from", width: 130, text: (x) => x.address || "" },
    { title: "text", width: 320, grow: 1, text: (x) => x.text || "" }] });
  into.append(head("Audit"), el("p", {}, "The newest lines. “troupe controller audit” verifies the chain of all."),
    el("div", { class: "bar" }, ...filter.parts), facts, grid.element);
  let lines = [];
  function narrow() {
    const shown = lines.filter((x) => filter.fits(`${x.what} ${x.who} ${x.address} ${x.text}`));
    facts.textContent = part(shown.length, lines.length, "line");
    grid.set(shown);
  }
  const load = async () => {
    lines = (await call("/v1/audit?limit=1000")).lines;
    narrow();
  };
  const feed = onChange(load);
  return { close() { feed.close(); grid.close(); } };
}
