// What of accessibility a program can see: names, contrast, landmarks, headings,
// ids, roles inside of others. Returns a list of what is wrong.
(() => {
  const wrong = [];
  const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const all = [...document.querySelectorAll("body *")].filter(shown);
  const what = (e) => `${e.tagName.toLowerCase()}.${e.className} "${(e.textContent || "").trim().slice(0, 30)}"`;

  const name = (e) => {
    const by = e.getAttribute("aria-labelledby");
    if (by) return by.split(" ").map((id) => document.getElementById(id)?.textContent || "").join(" ").trim();
    return (e.getAttribute("aria-label") || [...(e.labels || [])].map((x) => x.textContent).join(" ")
      || e.textContent || e.getAttribute("title") || "").trim();
  };
  for (const e of all.filter((e) => e.matches("a[href], button, input, select, textarea, summary, [role=grid], [role=img], [role=progressbar], nav, section")))
    if (!(e.matches("input, select, textarea") ? (e.labels?.length ? name(e) : e.getAttribute("aria-label")) : name(e)))
      wrong.push(`no name: ${what(e)}`);

  // -- contrast -----------------------------------------------------------
  const colour = (text) => {
    const number = text.match(/[\d.]+/g).map(Number);
    const unit = text.startsWith("color(") ? 255 : 1;
    const [r, g, b, a = 1] = number;
    return [r * unit, g * unit, b * unit, a];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (e) => {
    const layers = [];
    for (let x = e; x; x = x.parentElement) layers.push(colour(getComputedStyle(x).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (c) => {
    const [r, g, b] = c.map((x) => (x / 255 <= 0.03928 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  for (const e of all) {
    if (![...e.childNodes].some((x) => x.nodeType === 3 && x.textContent.trim())) continue;
    if (e.closest(".unseen, [aria-hidden=true] .unseen") || e.matches("option, .skip")) continue;
    const style = getComputedStyle(e);
    const back = behind(e), front = over(colour(style.color).with(3, colour(style.color)[3] * Number(style.opacity)), back);
    const [x, y] = [light(front), light(back)].sort((p, q) => q - p);
    const ratio = (x + 0.05) / (y + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const key = `${style.color} ${back}`;
    if (ratio < (large ? 3 : 4.5) && !seen.has(key)) {
      seen.add(key);
      wrong.push(`contrast ${ratio.toFixed(2)}: ${what(e)} ${style.color} on ${back.slice(0, 3).map(Math.round)}`);
    }
  }

  // -- structure ----------------------------------------------------------
  for (const [selector, text] of [["main", "main"], ["header", "banner"], ["h1", "first heading"]])
    if (all.filter((e) => e.matches(selector)).length !== 1) wrong.push(`not one ${text}`);
  if (!document.documentElement.lang) wrong.push("no language");
  let level = 0;
  for (const e of all.filter((e) => /^H[1-6]$/.test(e.tagName))) {
    const now = Number(e.tagName[1]);
    if (now > level + 1 && level) wrong.push(`a heading is left out before ${what(e)}`);
    level = now;
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((x) => x === id).length > 1) wrong.push(`twice the id ${id}`);
  for (const e of all.filter((e) => e.matches("[role=row]")))
    if (!e.closest("[role=rowgroup]")?.closest("[role=grid]")) wrong.push(`a row outside of a grid: ${what(e)}`);
  for (const grid of all.filter((e) => e.matches("[role=grid]"))) {
    const stops = grid.querySelectorAll(".cell[tabindex='0']").length, rows = grid.querySelectorAll(".row").length;
    if (rows && stops !== 1) wrong.push(`${stops} cells of a grid take Tab`);
    if ([...grid.querySelectorAll(".row a")].some((e) => e.tabIndex >= 0)) wrong.push("links in a grid take Tab");
  }
  for (const e of all) if (e.tabIndex > 0) wrong.push(`an order of its own: ${what(e)}`);
  for (const e of all.filter((e) => e.matches(".output")))
    if (e.scrollHeight > e.clientHeight + 1 && e.tabIndex < 0) wrong.push("output that the keyboard cannot scroll");
  if (document.documentElement.scrollWidth > innerWidth + 1) wrong.push(`wider than the window: ${document.documentElement.scrollWidth} > ${innerWidth}`);
  return wrong;
})()
