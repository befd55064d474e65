import { may, resume, session, signIn, signOut } from "./api.js";
import { el, say } from "./dom.js";
import { fleetView, hostsView, hostView } from "./fleet.js";
import { runsView } from "./runs.js";
import { runView, timelineView } from "./run.js";
import { hostOutputView, taskOutputView } from "./output.js";
import { compareView } from "./compare.js";
import { auditView, enrolmentsView } from "./admin.js";

const routes = [
  [/^\/$/, fleetView],
  [/^\/hosts$/, hostsView],
  [/^\/hosts\/([^/]+)$/, hostView],
  [/^\/runs$/, runsView],
  [/^\/runs\/([^/]+)$/, runView],
  [/^\/runs\/([^/]+)\/timeline$/, timelineView],
  [/^\/runs\/([^/]+)\/tasks\/([^/]+)$/, taskOutputView],
  [/^\/runs\/([^/]+)\/hosts\/([^/]+)$/, hostOutputView],
  [/^\/runs\/([^/]+)\/hosts\/([^/]+)\/tasks\/([^/]+)$/, hostOutputView],
  [/^\/compare\/([^/]+)\/([^/]+)$/, compareView],
  [/^\/enrolments$/, enrolmentsView],
  [/^\/audit$/, auditView],
];

const byId = (id) => document.getElementById(id);
const view = byId("view"), login = byId("login");
let current = null;

function leave() {
  current?.close?.();
  current = null;
  byId("trouble").textContent = "";
  view.replaceChildren();
}

/// Shows what the path names. A view gets the element that it fills, what its
/// path says, and the query; it returns what is closed when it is left.
function show(moved) {
  leave();
  for (const each of document.querySelectorAll("#nav a")) {
    const part = each.getAttribute("href");
    const here = part === "/" ? location.pathname === "/" : location.pathname.startsWith(part);
    if (here) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  const found = routes.map(([pattern, make]) => [location.pathname.match(pattern), make]).find(([x]) => x);
  if (!found) view.append(el("h1", { text: "There is nothing here" }));
  else current = found[1](view, found[0].slice(1).map(decodeURIComponent), new URLSearchParams(location.search));
  if (!moved) return;
  scrollTo(0, 0);
  byId("main").focus({ preventScroll: true });
  say(document.title);
}

function move(href) {
  history.pushState(null, "", href);
  show(true);
}

function welcome() {
  login.hidden = true;
  byId("nav").hidden = byId("me").hidden = false;
  byId("who").textContent = `${session.name} (${session.role})`;
  document.querySelectorAll("[data-role]").forEach((each) => (each.hidden = !may(each.dataset.role)));
  show(false);
}

function ask() {
  leave();
  byId("nav").hidden = byId("me").hidden = true;
  login.hidden = false;
  document.title = "Sign in · Troupe";
  byId("token").focus();
}

addEventListener("signed-out", () => {
  if (login.hidden) ask();
});
addEventListener("popstate", () => session.role && show(true));
addEventListener("go", (e) => move(e.detail));

// Links within the page move in it.
document.addEventListener("click", (e) => {
  const link = e.target.closest("a");
  if (!link || e.button || e.ctrlKey || e.metaKey || e.shiftKey || link.classList.contains("skip")) return;
  if (link.origin !== location.origin) return;
  e.preventDefault();
  move(link.href);
});
document.querySelector(".skip").addEventListener("click", (e) => {
  e.preventDefault();
  byId("main").focus();
});

login.addEventListener("submit", async (e) => {
  e.preventDefault();
  const token = byId("token");
  byId("login-error").textContent = "";
  try {
    await signIn(token.value.trim());
    token.value = "";
    welcome();
    byId("main").focus();
  } catch (why) {
    byId("login-error").textContent = why.message;
    token.select();
  }
});
byId("out").addEventListener("click", async () => {
  await signOut().catch(() => {});
  ask();
});

resume().then(() => (session.role ? welcome() : ask()), (why) => {
  ask();
  byId("login-error").textContent = why.message;
});
