// The table of a solution's kernels: sorting by any column, a filter, moving with the keyboard.

class KernelTable {
  constructor(solution) {
    this.solution = solution;
    this.root = solution.table;
    this.body = this.root.querySelector("tbody");
    this.rows = [...this.body.rows];
    this.headings = [...this.root.querySelectorAll("thead th")];
    this.headings.forEach((heading, column) => {
      heading.firstElementChild.addEventListener("click", () => this.sort(column));
    });
    this.body.addEventListener("keydown", (event) => this.key(event));
  }

  // By the exact order that came with the page; again by the same column turns it round.
  sort(column) {
    const heading = this.headings[column];
    const down = heading.getAttribute("aria-sort") === "ascending";
    const ranks = this.solution.data.ranks[column];
    const sign = down ? -1 : 1;
    this.rows.sort((a, b) => sign * (ranks[a.dataset.k] - ranks[b.dataset.k]) || a.dataset.k - b.dataset.k);
    this.body.append(...this.rows);
    for (const other of this.headings) other.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    this.offer(this.shown()[0]);
  }

  filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of this.rows) {
      const content = `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase();
      row.hidden = !words.every((word) => content.includes(word));
    }
    this.offer(this.shown()[0]);
  }

  shown() {
    return this.rows.filter((row) => !row.hidden);
  }

  // One row takes the focus from the tab key.
  offer(row) {
    for (const other of this.rows) {
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
