// The tooltip of the kernel that the pointer is on or that has the focus.

class Tooltip {
  constructor() {
    this.box = document.getElementById("tip");
  }

  // Near a rectangle of the window, if possible on the side of it where most of `area` lies.
  show(solution, index, near, area) {
    this.owner?.removeAttribute("aria-describedby");
    const title = element("strong", { textContent: solution.data.names[index] });
    this.box.replaceChildren(title, solution.facts(index));
    this.box.hidden = false;
    this.owner = solution.kernel(index);
    this.owner?.setAttribute("aria-describedby", "tip");
    this.place(near, area.getBoundingClientRect());
  }

  place({ left, right, top, bottom }, area) {
    const { width, height } = this.box.getBoundingClientRect();
    const gap = 14;
    const rightward = area.right - right > left - area.left ? right + gap + width <= innerWidth : left - gap < width;
    const x = rightward ? right + gap : left - gap - width;
    const y = top + height <= innerHeight ? top : bottom - height;
    this.box.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    this.box.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
  }

  hide() {
    this.owner?.removeAttribute("aria-describedby");
    this.box.hidden = true;
  }
}
