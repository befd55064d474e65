import { el } from "./dom.js";

// A table of any length: only rows and columns that can be seen are drawn, and
// the one that has the keyboard. Arrows, Home, End, Page Up and Down move;
// Enter opens.
//
// columns: {title, width, grow, text(row), cls(row), href(row), bar(row)}
// cells:   columns that are all alike, of a width, behind those: {count, width,
//          title(i), show(row, i) -> {text, cls, label, href}}

const rowHeight = 26;
const beyond = 4;

export class Grid {
  constructor({ label, columns, cells, open, fill }) {
    this.columns = columns;
    this.cells = cells || { count: () => 0, width: 0 };
    this.open = open;
    this.rows = [];
    this.at = { row: 0, column: 0 };
    this.shown = new Map();
    this.spare = [];
    this.heads = el("div", { class: "grid-head", role: "row", "aria-rowindex": "1" });
    this.body = el("div", { class: "grid-body", role: "rowgroup" });
    this.element = el("div", { class: fill ? "grid fill" : "grid", role: "grid", "aria-label": label },
      el("div", { class: "grid-heads", role: "rowgroup" }, this.heads), this.body);
    this.element.addEventListener("scroll", () => this.soon(), { passive: true });
    this.element.addEventListener("keydown", (e) => this.key(e));
    this.element.addEventListener("click", (e) => this.click(e));
    // What is cut off, or only a sign, is told to who points at it.
    this.element.addEventListener("mouseover", (e) => {
      const cell = e.target.closest(".row .cell");
      if (cell) cell.title = cell.ariaLabel || cell.textContent;
    });
    this.watcher = new ResizeObserver(() => this.soon());
    this.watcher.observe(this.element);
  }

  set(rows) {
    this.rows = rows;
    this.changed();
  }

  /// What rows show has changed.
  changed() {
    this.stale = true;
    this.soon();
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.moved) this.reveal();
      this.draw();
    });
  }

  fixedWidth() {
    return this.columns.reduce((sum, each) => sum + each.width, 0);
  }

  visible() {
    const top = this.element.scrollTop, height = this.element.clientHeight || 400;
    const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
    const last = Math.min(this.rows.length, Math.ceil((top + height) / rowHeight) + beyond);
    const count = this.cells.count();
    if (!count) return { first, last, from: 0, to: 0 };
    const left = this.element.scrollLeft, width = this.element.clientWidth;
    const from = Math.max(0, Math.floor(left / this.cells.width) - beyond);
    const to = Math.min(count, Math.ceil((left + width) / this.cells.width) + beyond);
    return { first, last, from, to };
  }

  draw() {
    const all = this.visible();
    const span = `${all.from} ${all.to}`;
    if (span !== this.span) {
      this.span = span;
      this.shown.forEach((row) => row.remove());
      this.shown.clear();
      this.spare = [];
      this.drawHeads(all);
      this.template = this.makeRow(all);
    }
    const width = this.fixedWidth() + this.cells.count() * this.cells.width;
    this.body.style.height = `${this.rows.length * rowHeight}px`;
    this.body.style.minWidth = this.heads.style.minWidth = `${width}px`;
    this.element.setAttribute("aria-rowcount", this.rows.length + 1);
    this.element.setAttribute("aria-colcount", this.columns.length + this.cells.count());
    this.at.row = Math.max(0, Math.min(this.at.row, this.rows.length - 1));
    const had = this.element.contains(document.activeElement);
    for (const [i, row] of this.shown)
      if ((i < all.first || i >= all.last) && i !== this.at.row || i >= this.rows.length) {
        this.shown.delete(i);
        this.spare.push(row);
      }
    const stale = this.stale;
    this.stale = false;
    for (let i = all.first; i < all.last; ++i) this.drawRow(i, all, stale);
    if (this.rows.length) this.drawRow(this.at.row, all, stale);
    this.spare.forEach((row) => row.remove());
    this.spare.length = 0;
    this.mark(had);
  }

  drawHeads(all) {
    const out = this.columns.map((each, j) => this.sized(
      el("div", { role: "columnheader", class: "cell fixed", "aria-colindex": j + 1, text: each.title }), each));
    if (all.to) out.push(this.gap(all));
    for (let j = all.from; j < all.to; ++j) {
      const title = this.cells.title(j);
      out.push(el("div", { role: "columnheader", class: "cell small", "aria-colindex": this.columns.length + j + 1, title },
        el("span", { text: title })));
    }
    this.heads.classList.toggle("tall", this.cells.count() > 0);
    this.heads.replaceChildren(...out);
  }

  sized(cell, column) {
    cell.style.width = `${column.width}px`;
    if (column.grow) cell.style.flexGrow = column.grow;
    return cell;
  }

  /// In the place of the columns before the first one that is drawn.
  gap(all) {
    const out = el("div", { class: "gap", role: "none" });
    out.style.width = `${all.from * this.cells.width}px`;
    return out;
  }

  /// A row without words; others are copies of it, and are used again.
  makeRow(all) {
    const out = el("div", { role: "row", class: "row" });
    this.columns.forEach((column, j) => {
      const cell = this.sized(el("div", { role: j ? "gridcell" : "rowheader", class: "cell fixed", "aria-colindex": j + 1 }), column);
      if (column.bar) cell.append(el("i", { class: "span" }));
      const word = el("span");
      cell.append(column.href ? el("a", { tabindex: "-1" }, word) : word);
      out.append(cell);
    });
    if (all.to) out.append(this.gap(all));
    for (let j = all.from; j < all.to; ++j)
      out.append(el("div", { role: "gridcell", "aria-colindex": this.columns.length + j + 1 }));
    return out;
  }

  drawRow(i, all, stale) {
    let out = this.shown.get(i);
    if (out && !stale) return;
    if (!out) {
      out = this.spare.pop() || this.template.cloneNode(true);
      if (!out.parentNode) this.body.append(out);
      this.shown.set(i, out);
      out.dataset.row = i;
      out.setAttribute("aria-rowindex", i + 2);
      out.style.transform = `translateY(${i * rowHeight}px)`;
    }
    const row = this.rows[i];
    this.columns.forEach((column, j) => this.fillFixed(out.children[j], column, row));
    let cell = out.children[this.columns.length + 1];
    for (let j = all.from; j < all.to; ++j, cell = cell.nextSibling) {
      const what = this.cells.show(row, j);
      const name = `cell small ${what.cls}`;
      if (cell.className !== name) cell.className = name;
      if (cell.textContent !== what.text) cell.textContent = what.text;
      cell.ariaLabel = what.label;
    }
  }

  fillFixed(cell, column, row) {
    const word = cell.querySelector("span"), text = column.text(row);
    if (word.textContent !== text) word.textContent = text;
    if (column.cls) cell.className = `cell fixed ${column.cls(row)}`;
    const href = column.href?.(row);
    if (href) word.parentNode.href = href;
    else if (column.href) word.parentNode.removeAttribute("href");
    const bar = column.bar && cell.firstChild, span = column.bar?.(row);
    if (!bar) return;
    bar.hidden = !span;
    if (!span) return;
    bar.style.left = `${100 * span[0]}%`;
    bar.style.width = `${100 * (span[1] - span[0])}%`;
  }

  cellAt(row, column) {
    return this.shown.get(row)?.querySelector(`[aria-colindex="${column + 1}"]`);
  }

  /// The one cell that Tab comes to.
  mark(focus) {
    const cell = this.cellAt(this.at.row, this.at.column) || this.cellAt(this.at.row, 0);
    cell?.setAttribute("tabindex", "0");
    if (focus && document.activeElement !== cell) cell?.focus({ preventScroll: true });
    if (this.marked !== cell) this.marked?.removeAttribute("tabindex");
    this.marked = cell;
  }

  key(e) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 2);
    const columns = this.columns.length + this.cells.count();
    const { row, column } = this.at;
    const last = this.rows.length - 1;
    const to = {
      ArrowDown: [row + 1, column], ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
      PageDown: [row + page, column], PageUp: [row - page, column],
      Home: [e.ctrlKey ? 0 : row, 0], End: [e.ctrlKey ? last : row, columns - 1],
    }[e.key];
    if (e.key === "Enter") this.go(row, column);
    if (!to || e.altKey || e.metaKey) return;
    e.preventDefault();
    this.at = { row: Math.max(0, Math.min(to[0], last)), column: Math.max(0, Math.min(to[1], columns - 1)) };
    // However many keys come within a frame, it is drawn once.
    this.moved = true;
    this.soon();
  }

  reveal() {
    this.moved = false;
    const top = this.at.row * rowHeight, view = this.element;
    const height = view.clientHeight - this.heads.offsetHeight;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + rowHeight > view.scrollTop + height) view.scrollTop = top + rowHeight - height;
    const j = this.at.column - this.columns.length;
    if (j >= 0) {
      const left = j * this.cells.width, wide = view.clientWidth - this.fixedWidth();
      if (left < view.scrollLeft) view.scrollLeft = left;
      else if (left + this.cells.width > view.scrollLeft + wide) view.scrollLeft = left + this.cells.width - wide;
    } else view.scrollLeft = 0;
  }

  click(e) {
    const cell = e.target.closest(".row .cell");
    if (!cell || e.target.closest("a") || getSelection().toString()) return;
    const row = Number(cell.parentNode.dataset.row), column = cell.ariaColIndex - 1;
    this.at = { row, column };
    this.mark(true);
    this.go(row, column);
  }

  go(row, column) {
    if (this.rows.length) this.open?.(this.rows[row], column - this.columns.length, column);
  }

  close() {
    this.watcher.disconnect();
    cancelAnimationFrame(this.frame);
  }
}
