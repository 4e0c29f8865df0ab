// A solution of many kernels: only those that are pointed at, selected or focused, their wires, and the names
// that can be read have elements. What the page shows of all is a few outlines.

const MOST_NAMES = 1500; // at a time
const READABLE = 8; // pixels: among many, smaller names would be a grey band
const MODULE_COLOURS = 12; // as many as page.css has
const CELLS = 64; // of the grid for finding kernels, along the longer side

// The data of a solution, with its texts in place of their numbers.
function unpacked(data) {
  if (!data.texts) return data;
  const text = (number) => data.texts[number];
  const tips = data.tips.map((lines) => lines.map(text));
  const wires = data.wires.map(([producer, consumer, length, needs, adapters, mismatches]) => {
    return { producer, consumer, length: text(length), needs: text(needs), adapters, mismatches: mismatches.map(text) };
  });
  const shapes = data.shapes?.map((shape) => shape && unpackedShape(shape, text));
  return { ...data, tips, wires, shapes };
}

function unpackedShape([type, time, memory, x, y, width, height, left, top, size, upright], text) {
  return { type: text(type), time, memory, x, y, width, height, label: { x: left, y: top, size, upright } };
}

class Crowd {
  constructor(solution) {
    this.solution = solution;
    this.shapes = solution.data.shapes;
    this.made = new Map();
    this.names = new Map();
    this.hovered = null;
    this.layers = Object.fromEntries(["kernels", "wires", "labels"].map((name) => [name, solution.svg.querySelector(`.${name}`)]));
    this.grid = new Map();
    const { width, height } = solution.zoom.whole;
    this.cell = Math.max(width, height) / CELLS;
    this.shapes.forEach((shape, index) => shape && this.enter(shape, index));
    solution.zoom.onShow = () => this.showNames();
  }

  enter({ x, y, width, height }, index) {
    for (let across = this.line(x); across <= this.line(x + width); across += 1) {
      for (let down = this.line(y); down <= this.line(y + height); down += 1) {
        const key = `${across},${down}`;
        if (!this.grid.has(key)) this.grid.set(key, []);
        this.grid.get(key).push(index);
      }
    }
  }

  line(tile) {
    return Math.floor(tile / this.cell);
  }

  // The kernel at a place of the window, or null.
  at({ clientX, clientY }) {
    const { x, y } = this.solution.zoom.tile(clientX, clientY);
    const near = this.grid.get(`${this.line(x)},${this.line(y)}`) ?? [];
    return near.findLast((index) => inside(this.shapes[index], x, y)) ?? null;
  }

  // The element of a kernel, made if need be.
  kernel(index) {
    if (!this.made.has(index) && this.shapes[index]) this.make(index);
    return this.made.get(index);
  }

  make(index) {
    const { type, time, memory, x, y, width, height } = this.shapes[index];
    const group = this.solution.data.groups?.of[index] ?? null;
    const spoken = `${this.solution.data.names[index]}, ${type}, time ${this.solution.fact(index, "time")}`;
    const made = drawn("g", {
      class: `kernel ${type}`, "data-k": index, "data-time": time, "data-memory": memory,
      ...(group === null ? {} : { "data-module": group % MODULE_COLOURS }),
      tabindex: -1, role: "button", "aria-pressed": false, "aria-label": spoken,
    });
    for (const part of ["fill outer", "edge"]) made.append(drawn("rect", { class: part, x, y, width, height }));
    this.layers.kernels.append(made);
    this.made.set(index, made);
    this.solution.add(index, made);
  }

  hover(index) {
    if (index === this.hovered) return;
    if (this.hovered !== null) this.solution.hover(this.hovered, false);
    this.hovered = index;
    if (index !== null) {
      this.kernel(index);
      this.solution.hover(index, true);
    }
    this.tidy();
  }

  // Takes away what nobody looks at any more.
  tidy() {
    for (const [index, group] of this.made) {
      if (index === this.hovered || group.matches(".selected, .source, .target, [tabindex='0'], :focus")) continue;
      group.remove();
      this.made.delete(index);
      this.solution.drop(index, group);
    }
  }

  // The element of a wire; it bends as those of small solutions do.
  wire(index) {
    const { producer, consumer } = this.solution.data.wires[index];
    const [from, to] = [middle(this.shapes[producer]), middle(this.shapes[consumer])];
    const bend = { x: (from.x + to.x) / 2 + 0.08 * (from.y - to.y), y: (from.y + to.y) / 2 + 0.08 * (to.x - from.x) };
    const d = `M${from.x} ${from.y}Q${bend.x} ${bend.y} ${to.x} ${to.y}`;
    const path = drawn("path", { class: "wire", "data-w": index, d });
    this.layers.wires.append(path);
    path.dataset.room = path.getTotalLength().toFixed(1);
    return path;
  }

  clearWires() {
    for (const path of this.layers.wires.querySelectorAll("[data-w]")) path.remove();
  }

  // All wires as straight lines, one element.
  showWires(on) {
    this.layers.wires.querySelector(".all")?.remove();
    if (!on) return;
    const lines = this.solution.data.wires.map(({ producer, consumer }) => {
      const [from, to] = [middle(this.shapes[producer]), middle(this.shapes[consumer])];
      return `M${from.x} ${from.y}L${to.x} ${to.y}`;
    });
    this.layers.wires.prepend(drawn("path", { class: "wire all", d: lines.join("") }));
  }

  // The names that can be read, and those of highlighted kernels.
  showNames() {
    const { view } = this.solution.zoom;
    const least = READABLE / this.solution.zoom.pixelsPerTile();
    const seen = [];
    this.shapes.forEach((shape, index) => {
      if (!shape || !meet(shape, view)) return;
      if (shape.label.size >= least || this.solution.isMarked(index)) seen.push(index);
    });
    this.layers.labels.replaceChildren(...seen.slice(0, MOST_NAMES).map((index) => this.name(index)));
  }

  name(index) {
    if (!this.names.has(index)) {
      const { x, y, size, upright } = this.shapes[index].label;
      const text = drawn("text", { "data-k": index, x, y, "font-size": size, dy: "0.35em" });
      if (!upright) text.setAttribute("transform", `rotate(-90 ${x} ${y})`);
      text.style.setProperty("--fit", size);
      text.textContent = this.solution.data.names[index];
      this.names.set(index, text);
      this.solution.add(index, text);
    }
    return this.names.get(index);
  }
}

function inside(box, x, y) {
  return box.x <= x && x < box.x + box.width && box.y <= y && y < box.y + box.height;
}

function meet(box, view) {
  return box.x < view.x + view.width && view.x < box.x + box.width && box.y < view.y + view.height && view.y < box.y + box.height;
}

function middle({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}
