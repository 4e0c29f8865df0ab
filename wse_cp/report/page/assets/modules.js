// The table of a solution's groups of kernels: a name highlights the group everywhere, the triangle lists its kernels.

class ModuleTable {
  constructor(solution, root) {
    this.solution = solution;
    this.groups = solution.data.groups;
    this.body = root.querySelector("tbody");
    this.members = this.groups.titles.map(() => []);
    this.groups.of.forEach((group, index) => group !== null && this.members[group].push(index));
    root.addEventListener("click", (event) => this.click(event));
  }

  click({ target }) {
    const row = target.closest("tr[data-g]");
    if (target.dataset.name !== undefined) select(target.dataset.name);
    else if (target.matches(".unfold")) this.unfold(row, target);
    else if (target.matches(".pick")) toggleModule(Number(row.dataset.g));
  }

  // Shows the kernels of a group below it, or takes them away.
  unfold(row, button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", open);
    if (!open) {
      row.nextElementSibling.remove();
      return;
    }
    const cell = element("td", { colSpan: row.cells.length });
    for (const index of this.members[row.dataset.g]) {
      const name = this.solution.data.names[index];
      const text = this.groups.texts[this.groups.rest[index]];
      const rest = this.groups.kind === "module" ? text.slice(1) : text;
      const kernel = element("button", { type: "button", textContent: rest && !name.endsWith(rest) ? `${name} ${rest}` : name });
      kernel.dataset.name = name;
      cell.append(kernel);
    }
    row.after(element("tr", { className: "within" }, cell));
  }

  mark(group) {
    for (const row of this.body.querySelectorAll("tr[data-g]")) {
      const on = group !== null && Number(row.dataset.g) === group;
      row.classList.toggle("selected", on);
      row.querySelector(".pick").setAttribute("aria-pressed", on);
    }
  }

  // What the panel says of a group: its row.
  facts(group) {
    const row = this.body.querySelector(`tr[data-g="${group}"]`);
    const headings = [...row.closest("table").querySelectorAll("thead th")];
    const list = element("dl", { className: "pairs" });
    headings.slice(1).forEach((heading, place) => {
      list.append(element("dt", { textContent: heading.textContent }), element("dd", { textContent: row.cells[place + 1].textContent }));
    });
    return [element("h3", { textContent: this.groups.titles[group] }), list];
  }
}
