import { el } from "./dom.js";

// A table of any length: only rows and columns that can be seen are drawn, and
// the one that has the keyboard. Arrows, Home, End, Page Up and Down move;
// Enter opens.
//
// columns: {title, width, grow, text(row), cls(row), href(row), bar(row)}
// cells:   columns that are all alike, of a width, behind those: {count, width,
//          title(i), show(row, i) -> {text, cls, label, href}}

const rowHeight = 26;
const spare = 4;

export class Grid {
  constructor({ label, columns, cells, open, fill }) {
    this.columns = columns;
    this.cells = cells || { count: () => 0, width: 0 };
    this.open = open;
    this.rows = [];
    this.at = { row: 0, column: 0 };
    this.shown = new Map();
    this.heads = el("div", { class: "grid-head", role: "row", "aria-rowindex": "1" });
    this.body = el("div", { class: "grid-body", role: "rowgroup" });
    this.element = el("div", { class: fill ? "grid fill" : "grid", role: "grid", "aria-label": label },
      el("div", { class: "grid-heads", role: "rowgroup" }, this.heads), this.body);
    this.element.addEventListener("scroll", () => this.soon(), { passive: true });
    this.element.addEventListener("keydown", (e) => this.key(e));
    this.element.addEventListener("click", (e) => this.click(e));
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
    const first = Math.max(0, Math.floor(top / rowHeight) - spare);
    const last = Math.min(this.rows.length, Math.ceil((top + height) / rowHeight) + spare);
    const count = this.cells.count();
    if (!count) return { first, last, from: 0, to: 0 };
    const left = this.element.scrollLeft, width = this.element.clientWidth;
    const from = Math.max(0, Math.floor(left / this.cells.width) - spare);
    const to = Math.min(count, Math.ceil((left + width) / this.cells.width) + spare);
    return { first, last, from, to };
  }

  draw() {
    const all = this.visible();
    const span = `${all.from}-${all.to}`;
    if (span !== this.span || this.stale) {
      this.span = span;
      this.shown.forEach((row) => (row.old = true));
      this.drawHeads(all);
    }
    this.stale = false;
    const width = this.fixedWidth() + this.cells.count() * this.cells.width;
    this.body.style.height = `${this.rows.length * rowHeight}px`;
    this.body.style.minWidth = this.heads.style.minWidth = `${width}px`;
    this.element.setAttribute("aria-rowcount", this.rows.length + 1);
    this.element.setAttribute("aria-colcount", this.columns.length + this.cells.count());
    this.at.row = Math.max(0, Math.min(this.at.row, this.rows.length - 1));
    const had = this.element.contains(document.activeElement);
    for (const [i, row] of this.shown)
      if ((i < all.first || i >= all.last) && i !== this.at.row || i >= this.rows.length) {
        row.element.remove();
        this.shown.delete(i);
      }
    for (let i = all.first; i < all.last; ++i) this.drawRow(i, all);
    if (this.rows.length) this.drawRow(this.at.row, all);
    this.mark(had);
  }

  drawHeads(all) {
    const out = this.columns.map((each, j) => this.place(
      el("div", { role: "columnheader", class: "cell fixed", "aria-colindex": j + 1, text: each.title }), each));
    for (let j = all.from; j < all.to; ++j) {
      const title = this.cells.title(j);
      const head = el("div", { role: "columnheader", class: "cell small", "aria-colindex": this.columns.length + j + 1, title });
      head.append(el("span", { text: title }));
      out.push(this.placeCell(head, j));
    }
    this.heads.classList.toggle("tall", this.cells.count() > 0);
    this.heads.replaceChildren(...out);
  }

  place(cell, column) {
    cell.style.width = `${column.width}px`;
    if (column.grow) cell.style.flexGrow = column.grow;
    return cell;
  }

  placeCell(cell, j) {
    cell.style.left = `${this.fixedWidth() + j * this.cells.width}px`;
    cell.style.width = `${this.cells.width - 2}px`;
    return cell;
  }

  drawRow(i, all) {
    const before = this.shown.get(i);
    if (before && !before.old) return;
    const row = this.rows[i];
    const out = el("div", { role: "row", class: "row", "aria-rowindex": i + 2 });
    out.style.transform = `translateY(${i * rowHeight}px)`;
    this.columns.forEach((each, j) => out.append(this.place(this.fixed(row, each, j, i), each)));
    for (let j = all.from; j < all.to; ++j) {
      const what = this.cells.show(row, j);
      const column = this.columns.length + j;
      out.append(this.placeCell(el("div", {
        role: "gridcell", class: `cell small ${what.cls}`, text: what.text, "aria-label": what.label,
        title: what.label, tabindex: "-1", "aria-colindex": column + 1, "data-at": `${i} ${column}`,
      }), j));
    }
    if (before) before.element.replaceWith(out);
    else this.body.append(out);
    this.shown.set(i, { element: out });
  }

  fixed(row, column, j, i) {
    const text = column.text(row);
    const cell = el("div", { role: j ? "gridcell" : "rowheader", class: `cell fixed ${column.cls?.(row) || ""}`,
      tabindex: "-1", "aria-colindex": j + 1, title: text, "data-at": "" });
    const inner = column.cls ? el("span", { text }) : text;
    const href = column.href?.(row);
    cell.append(href ? el("a", { href, tabindex: "-1" }, inner) : inner);
    cell.dataset.at = `${i} ${j}`;
    const span = column.bar?.(row);
    if (span) {
      const [from, to] = span, bar = el("i", { class: "span" });
      bar.style.left = `${100 * from}%`;
      bar.style.width = `${100 * (to - from)}%`;
      cell.prepend(bar);
    }
    return cell;
  }

  cellAt(row, column) {
    return this.element.querySelector(`[data-at="${row} ${column}"]`);
  }

  /// The one cell that Tab comes to.
  mark(focus) {
    this.element.querySelector('.cell[tabindex="0"]')?.setAttribute("tabindex", "-1");
    const cell = this.cellAt(this.at.row, this.at.column) || this.cellAt(this.at.row, 0);
    cell?.setAttribute("tabindex", "0");
    if (focus && document.activeElement !== cell) cell?.focus({ preventScroll: true });
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
    const cell = e.target.closest("[data-at]");
    if (!cell || e.target.closest("a") || getSelection().toString()) return;
    const [row, column] = cell.dataset.at.split(" ").map(Number);
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
