// The tooltip of the kernel that the pointer is on or that has the focus.

class Tooltip {
  constructor() {
    this.box = document.getElementById("tip");
  }

  show(solution, index, near) {
    this.owner?.removeAttribute("aria-describedby");
    const title = element("strong", { textContent: solution.data.names[index] });
    this.box.replaceChildren(title, solution.facts(index));
    this.box.hidden = false;
    this.owner = solution.kernel(index);
    this.owner?.setAttribute("aria-describedby", "tip");
    this.place(near);
  }

  // Beside a rectangle of the window, on a side where there is room.
  place({ left, right, top, bottom }) {
    const { width, height } = this.box.getBoundingClientRect();
    const gap = 14;
    const x = right + gap + width <= innerWidth ? right + gap : left - gap - width;
    const y = top + height <= innerHeight ? top : bottom - height;
    this.box.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    this.box.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
  }

  hide() {
    this.owner?.removeAttribute("aria-describedby");
    this.box.hidden = true;
  }
}
