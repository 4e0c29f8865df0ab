// Zoom and move of a floorplan: its viewBox changes. Positions are in tiles, y downwards.

const CLOSEST = 40; // how many times as large as at first
const LEGIBLE = 5; // pixels; smaller names are left out until the floorplan is zoomed
const BADGE_ROOM = 28; // pixels of a wire that a badge needs
const HEAD_ROOM = 14; // and that an arrow head needs

class Zoom {
  constructor(svg) {
    this.svg = svg;
    this.whole = { ...this.rectangle(svg.viewBox.baseVal) };
    this.view = { ...this.whole };
    this.dragged = false;
    this.labels = [...svg.querySelectorAll(".labels text")];
    this.onShow = () => {}; // called whenever another part or scale is seen
    for (const wire of svg.querySelectorAll(".wires path")) wire.dataset.room = wire.getTotalLength().toFixed(1);
    for (const text of this.labels) text.style.setProperty("--fit", text.getAttribute("font-size"));
    this.listen();
    new ResizeObserver(() => this.show()).observe(svg);
  }

  rectangle({ x, y, width, height }) {
    return { x, y, width, height };
  }

  show() {
    const { x, y, width, height } = this.view;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    this.svg.style.setProperty("--scale", this.pixelsPerTile());
    this.showSmall();
    this.onShow();
  }

  // Leaves out names that could not be read, and badges and arrow heads that would hide their wires.
  showSmall() {
    const scale = this.pixelsPerTile();
    for (const text of this.labels) text.classList.toggle("tiny", text.getAttribute("font-size") * scale < LEGIBLE);
    for (const wire of this.svg.querySelectorAll(".wires path[data-w]")) wire.classList.toggle("short", wire.dataset.room * scale < HEAD_ROOM);
    for (const badge of this.svg.querySelectorAll(".badges [data-room]")) {
      badge.classList.toggle("tiny", badge.dataset.room * scale < BADGE_ROOM);
    }
  }

  pixelsPerTile() {
    const { width, height } = this.svg.getBoundingClientRect();
    return Math.min(width / this.view.width, height / this.view.height) || 1;
  }

  get isWhole() {
    return this.view.width >= this.whole.width;
  }

  // The point of the wafer under a point of the window.
  tile(clientX, clientY) {
    const matrix = this.svg.getScreenCTM();
    return new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
  }

  center() {
    return { x: this.view.x + this.view.width / 2, y: this.view.y + this.view.height / 2 };
  }

  by(factor, at = this.center()) {
    const width = Math.min(this.whole.width, Math.max(this.whole.width / CLOSEST, this.view.width / factor));
    const ratio = width / this.view.width;
    this.view.x = at.x - (at.x - this.view.x) * ratio;
    this.view.y = at.y - (at.y - this.view.y) * ratio;
    this.view.width = width;
    this.view.height *= ratio;
    this.move(0, 0);
  }

  // Moves what is seen by some tiles, but never off the whole.
  move(dx, dy) {
    const { view, whole } = this;
    view.x = Math.min(whole.x + whole.width - view.width, Math.max(whole.x, view.x + dx));
    view.y = Math.min(whole.y + whole.height - view.height, Math.max(whole.y, view.y + dy));
    this.show();
  }

  all() {
    this.view = { ...this.whole };
    this.show();
  }

  // Brings a box into view, if it is not.
  reveal({ x, y, width, height }) {
    const { view } = this;
    const inside = x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + view.height;
    if (!inside) {
      const at = this.center();
      this.move(x + width / 2 - at.x, y + height / 2 - at.y);
    }
  }

  listen() {
    this.svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.svg.addEventListener("pointerdown", (event) => this.drag(event));
    for (const button of this.svg.closest(".solution").querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.act(button.dataset.zoom));
    }
  }

  act(name) {
    if (name === "all") this.all();
    else this.by(name === "in" ? 1.4 : 1 / 1.4);
  }

  // At its widest the floorplan leaves the wheel to the page, which would be stuck otherwise.
  wheel(event) {
    if (event.deltaY > 0 && this.isWhole) return;
    event.preventDefault();
    this.by(Math.exp(-event.deltaY / 400), this.tile(event.clientX, event.clientY));
  }

  // `dragged` tells the click that ends a drag from one that selects.
  drag(event) {
    this.dragged = false;
    if (event.button !== 0) return;
    let last = event;
    const follow = (next) => {
      this.dragged ||= Math.hypot(next.clientX - event.clientX, next.clientY - event.clientY) >= 5;
      if (!this.dragged) return;
      this.svg.classList.add("moving");
      const scale = this.pixelsPerTile();
      this.move((last.clientX - next.clientX) / scale, (last.clientY - next.clientY) / scale);
      last = next;
    };
    const ended = new AbortController();
    const end = () => {
      ended.abort();
      this.svg.classList.remove("moving");
    };
    window.addEventListener("pointermove", follow, { signal: ended.signal });
    window.addEventListener("pointerup", end, { signal: ended.signal });
    window.addEventListener("pointercancel", end, { signal: ended.signal });
  }
}
