// The table of a solution's kernels: sorting by any column, a filter, moving with the keyboard. Of a crowd only
// the first rows are there; more are made on demand.

class KernelTable {
  constructor(solution) {
    this.solution = solution;
    this.root = solution.table;
    this.body = this.root.querySelector("tbody");
    this.rows = new Map([...this.body.rows].map((row) => [Number(row.dataset.k), row]));
    this.order = [...solution.data.names.keys()];
    this.words = [];
    this.step = this.limit = this.rows.size;
    this.headings = [...this.root.querySelectorAll("thead th")];
    this.headings.forEach((heading, column) => {
      heading.firstElementChild.addEventListener("click", () => this.sort(column));
    });
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.more = this.root.querySelector(".more");
    this.more.firstElementChild.addEventListener("click", () => this.show(this.limit + this.step));
    this.show(this.limit);
  }

  // By the exact order that came with the page; again by the same column turns it round.
  sort(column) {
    const heading = this.headings[column];
    const down = heading.getAttribute("aria-sort") === "ascending";
    const ranks = this.solution.data.ranks[column];
    const sign = down ? -1 : 1;
    this.order.sort((a, b) => sign * (ranks[a] - ranks[b]) || a - b);
    for (const other of this.headings) other.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    this.show(this.step);
  }

  filter(text) {
    this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.show(this.step);
  }

  // Shows the first rows that match, up to a limit.
  show(limit) {
    this.limit = limit;
    const matching = this.order.filter((index) => this.matches(index));
    for (const row of this.rows.values()) row.hidden = true;
    const shown = matching.slice(0, limit).map((index) => this.row(index));
    for (const row of shown) row.hidden = false;
    this.body.append(...shown);
    this.more.hidden = shown.length === matching.length;
    this.more.firstElementChild.textContent = `show more of ${matching.length} rows`;
    this.offer(shown[0]);
  }

  matches(index) {
    const content = `${this.solution.data.names[index]} ${this.text(index, 1)}`.toLowerCase();
    return this.words.every((word) => content.includes(word));
  }

  text(index, column) {
    const { rows, texts } = this.solution.data;
    return rows ? texts[rows[index][column]] : this.rows.get(index).cells[column].textContent;
  }

  row(index) {
    if (!this.rows.has(index)) this.make(index);
    return this.rows.get(index);
  }

  // A row like those that came with the page.
  make(index) {
    const row = this.body.rows[0].cloneNode(true);
    row.className = "";
    row.dataset.k = index;
    row.cells[0].firstElementChild.textContent = this.text(index, 0);
    for (let column = 1; column < row.cells.length; column += 1) row.cells[column].textContent = this.text(index, column);
    this.rows.set(index, row);
    this.solution.add(index, row);
  }

  shown() {
    return [...this.body.rows].filter((row) => !row.hidden);
  }

  // One row takes the focus from the tab key.
  offer(row) {
    for (const other of this.rows.values()) {
      other.cells[0].firstElementChild.setAttribute("tabindex", other === row ? 0 : -1);
    }
  }

  key(event) {
    const shown = this.shown();
    const at = shown.indexOf(event.target.closest("tr"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const row = shown[Math.max(0, Math.min(to, shown.length - 1))];
    this.offer(row);
    row.cells[0].firstElementChild.focus();
  }
}
