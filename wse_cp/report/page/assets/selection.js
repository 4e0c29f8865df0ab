// A solution on the page: its kernels in floorplan, profile and table, its wires, and what is selected of them.

const SVG = "http://www.w3.org/2000/svg";

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

class Solution {
  constructor(number, data, titles) {
    this.data = unpacked(data);
    this.marks = { selected: new Set(), source: new Set(), target: new Set() };
    this.titles = titles;
    this.section = document.querySelector(`.solution[data-solution="${number}"]`);
    this.table = document.querySelector(`.kernels-of[data-solution="${number}"]`);
    this.svg = this.section.querySelector(".plan");
    this.panel = this.section.querySelector(".panel");
    this.hint = this.panel?.firstElementChild;
    const modules = document.querySelector(`.modules-of[data-solution="${number}"]`);
    this.modules = modules && new ModuleTable(this, modules);
    this.parts = data.names.map(() => []); // all elements that stand for a kernel
    for (const root of [this.section, this.table]) {
      for (const part of root.querySelectorAll("[data-k]")) this.parts[part.dataset.k].push(part);
    }
    this.indices = [...this.section.querySelectorAll("g.kernel[data-k]")].map((part) => Number(part.dataset.k));
    this.wires = [...this.section.querySelectorAll("path[data-w]")];
    this.zoom = this.svg && new Zoom(this.svg);
    if (this.data.shapes) {
      this.crowd = new Crowd(this);
      this.indices = [...this.data.shapes.keys()].filter((index) => this.data.shapes[index]);
    }
  }

  kernel(index) {
    return this.crowd ? this.crowd.kernel(index) : this.parts[index].find((part) => part.matches("g.kernel"));
  }

  // Adds an element that stands for a kernel, or takes it away.
  add(index, part) {
    this.parts[index].push(part);
    this.mark([part], this.statesOf(index));
  }

  drop(index, part) {
    this.parts[index] = this.parts[index].filter((other) => other !== part);
  }

  statesOf(index) {
    return Object.fromEntries(Object.entries(this.marks).map(([name, found]) => [name, found.has(index)]));
  }

  isMarked(index) {
    return Object.values(this.marks).some((found) => found.has(index));
  }

  fact(index, title) {
    return this.data.tips[index][this.titles.indexOf(title)];
  }

  hover(index, on) {
    for (const part of this.parts[index]) part.classList.toggle("hover", on);
  }

  // Highlights the kernels of a name (a wrong solution may have several, or none), or nothing.
  select(name) {
    const chosen = new Set(this.data.names.flatMap((other, index) => (other === name ? [index] : [])));
    this.highlight(chosen);
    this.showPanel([...chosen]);
    this.modules?.mark(null);
  }

  // Highlights all kernels of a module; the wires within it are neither in nor out.
  selectModule(group) {
    if (!this.modules) return;
    const chosen = new Set(this.modules.members[group]);
    this.highlight(chosen);
    this.modules.mark(group);
    if (chosen.size) this.panel?.replaceChildren(...this.modules.facts(group));
  }

  highlight(chosen) {
    const sources = new Set();
    const targets = new Set();
    this.svg?.classList.toggle("selecting", chosen.size > 0);
    this.svg?.classList.toggle("selecting-many", chosen.size > 1);
    if (this.crowd) this.wires = [];
    this.crowd?.clearWires();
    this.data.wires.forEach((wire, index) => {
      const [ends, begins] = [chosen.has(wire.consumer), chosen.has(wire.producer)];
      const within = chosen.size > 1 && ends && begins;
      const [reads, writes] = [ends && !within, begins && !within];
      if (this.crowd && (reads || writes)) this.wires[index] = this.crowd.wire(index);
      this.wires[index]?.classList.toggle("in", reads);
      this.wires[index]?.classList.toggle("out", writes);
      if (reads) sources.add(wire.producer);
      if (writes) targets.add(wire.consumer);
    });
    this.marks = { selected: chosen, source: sources, target: targets };
    if (this.crowd) for (const index of [...chosen, ...sources, ...targets]) this.crowd.kernel(index);
    this.parts.forEach((parts, index) => parts.length && this.mark(parts, this.statesOf(index)));
    this.crowd?.tidy();
    this.crowd?.showNames();
    this.showBadges(chosen);
  }

  mark(parts, states) {
    for (const part of parts) {
      for (const [name, on] of Object.entries(states)) part.classList.toggle(name, on);
      const button = part.matches("tr") ? part.querySelector("button") : part;
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", states.selected);
    }
  }

  incident(index) {
    return this.data.wires.filter((wire) => wire.producer === index || wire.consumer === index);
  }

  // Puts the number of adapters on each highlighted wire that needs some.
  showBadges(chosen) {
    if (!this.zoom) return;
    const marked = (wire, index) => wire.adapters && this.wires[index] && (chosen.has(wire.producer) || chosen.has(wire.consumer));
    const badges = this.data.wires.flatMap((wire, index) => (marked(wire, index) ? [badge(wire, this.wires[index])] : []));
    this.svg.querySelector(".badges").replaceChildren(...badges);
    this.zoom.showSmall();
  }

  showPanel(chosen) {
    if (!this.panel) return;
    const parts = chosen.flatMap((index) => this.describe(index));
    this.panel.replaceChildren(...(parts.length ? parts : [this.hint]));
  }

  describe(index) {
    const wires = this.incident(index);
    const inward = wires.filter((wire) => wire.consumer === index);
    const outward = wires.filter((wire) => wire.producer === index);
    return [
      element("h3", { textContent: this.data.names[index] }),
      this.facts(index),
      ...this.wireList("Reads from", "in", inward, (wire) => wire.producer),
      ...this.wireList("Writes to", "out", outward, (wire) => wire.consumer),
    ];
  }

  // The path of the module that a kernel comes from, "" if that is not known.
  module(index) {
    const { groups } = this.data;
    if (!groups || groups.kind === "image" || groups.of[index] === null) return "";
    const [title, rest] = [groups.titles[groups.of[index]], groups.texts[groups.rest[index]]];
    if (groups.kind === "modules") return rest;
    return title === "no module" ? "" : title + rest;
  }

  // All that is known of a kernel but its name; also the text of its tooltip.
  facts(index) {
    const list = element("dl", { className: "pairs" });
    const module = this.module(index);
    if (module && module !== this.data.names[index]) list.append(element("dt", { textContent: "module" }), element("dd", { textContent: module }));
    this.titles.forEach((title, line) => {
      list.append(element("dt", { textContent: title }), element("dd", { textContent: this.data.tips[index][line] }));
    });
    return list;
  }

  wireList(title, className, wires, other) {
    if (!wires.length) return [];
    const items = wires.map((wire) => {
      const name = this.data.names[other(wire)];
      const button = element("button", { type: "button", textContent: name });
      button.dataset.name = name;
      const item = element("li", { className }, button, ` ${wire.length}, ${wire.needs}`);
      if (wire.mismatches.length) {
        item.append(element("span", { className: "mismatch", textContent: `; ${wire.mismatches.join("; ")}` }));
      }
      return item;
    });
    return [element("h4", { textContent: title }), element("ul", {}, ...items)];
  }

  // The kernel whose centre lies next in a direction: near, and not far aside.
  neighbour(index, dx, dy) {
    const from = this.center(index);
    let best = null;
    let least = Infinity;
    for (const other of this.indices) {
      const to = this.center(other);
      const ahead = (to.x - from.x) * dx + (to.y - from.y) * dy;
      const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
      if (ahead > 0 && ahead + 2 * aside < least) {
        least = ahead + 2 * aside;
        best = other;
      }
    }
    return best;
  }

  // One kernel of a floorplan takes the focus from the tab key: the last that had it.
  focus(index) {
    for (const other of this.svg.querySelectorAll("g.kernel[tabindex='0']")) other.setAttribute("tabindex", -1);
    const kernel = this.kernel(index);
    kernel.setAttribute("tabindex", 0);
    this.zoom.reveal(kernel.querySelector(".edge").getBBox());
    kernel.focus();
    this.crowd?.tidy();
  }

  center(index) {
    return middle(this.crowd ? this.data.shapes[index] : this.kernel(index).querySelector(".edge").getBBox());
  }
}

// A disc half way along a line; `data-room` says how long that is, for it must not hide it.
function badge(wire, line) {
  const length = line.getTotalLength();
  const { x, y } = line.getPointAtLength(length / 2);
  const group = drawn("g", { "data-room": length });
  const text = drawn("text", { class: "badge-text", x, y, dy: "0.35em" });
  text.textContent = wire.adapters;
  group.append(drawn("circle", { class: "badge", cx: x, cy: y }), text);
  return group;
}

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
