// The page: it links floorplans, profiles and tables. All numbers are text made before; nothing is worked out here.

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PART = 0.12; // of what is seen, that an arrow moves the floorplan by

const root = document.documentElement;
const data = JSON.parse(document.getElementById("report-data").textContent);
const solutions = data.solutions.map((solution, number) => new Solution(number, solution, data.titles));
const tables = solutions.map((solution) => new KernelTable(solution));
const tooltip = new Tooltip();
let selected = null;

function select(name) {
  selected = name;
  for (const solution of solutions) solution.select(name);
}

function selectModule(group) {
  selected = { group };
  for (const solution of solutions) solution.selectModule(group);
}

function toggleModule(group) {
  if (selected?.group === group) select(null);
  else selectModule(group);
}

function toggle(name) {
  select(name === selected ? null : name);
}

function indexAt(target) {
  const part = target.closest("[data-k]");
  return part ? Number(part.dataset.k) : null;
}

function link(solution) {
  for (const area of [solution.section, solution.table]) {
    area.addEventListener("pointerover", (event) => {
      const index = indexAt(event.target);
      if (index !== null) solution.hover(index, true);
    });
    area.addEventListener("pointerout", (event) => {
      const index = indexAt(event.target);
      if (index !== null) solution.hover(index, false);
      const within = solution.crowd && event.relatedTarget?.closest?.(".plan"); // elements come and go there
      if (event.target.closest(".plan, .profile") && !within) tooltip.hide();
      if (!within) solution.crowd?.hover(null);
    });
    area.addEventListener("pointermove", (event) => showTip(solution, event));
    area.addEventListener("click", (event) => click(solution, event));
  }
  solution.svg?.addEventListener("keydown", (event) => planKey(solution, event));
  solution.svg?.addEventListener("focusin", ({ target }) => {
    if (target.matches("g.kernel:focus-visible")) {
      tooltip.show(solution, indexAt(target), target.getBoundingClientRect(), solution.svg);
    }
  });
  solution.svg?.addEventListener("focusout", () => tooltip.hide());
  if (solution.indices.length) solution.kernel(solution.indices[0]).setAttribute("tabindex", 0);
}

// The kernel of an event: that of its target, or of a crowd the one at its place.
function indexOf(solution, event) {
  const index = indexAt(event.target);
  return index === null && solution.crowd && event.target.closest(".plan") ? solution.crowd.at(event) : index;
}

function showTip(solution, event) {
  const { target, clientX, clientY } = event;
  const index = indexOf(solution, event);
  const area = target.closest(".plan, .profile");
  if (area?.matches(".plan")) solution.crowd?.hover(index);
  if (index === null && solution.crowd) tooltip.hide();
  if (index === null || !area) return;
  tooltip.show(solution, index, { left: clientX, right: clientX, top: clientY, bottom: clientY }, area);
}

function click(solution, event) {
  const { target } = event;
  if (target.dataset.name !== undefined) select(target.dataset.name);
  else if (solution.zoom?.dragged && target.closest(".plan")) return;
  else if (target.closest(".more")) return;
  else if (indexOf(solution, event) !== null) toggle(solution.data.names[indexOf(solution, event)]);
  else if (target.closest(".plan")) select(null);
}

function planKey(solution, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const kernel = event.target.closest("g.kernel[data-k]");
  if (!(zoomKey(solution.zoom, event, kernel) || (kernel && kernelKey(solution, event, kernel)))) return;
  event.preventDefault();
}

function zoomKey(zoom, { key, shiftKey }, kernel) {
  const direction = DIRECTIONS[key];
  if (key === "+" || key === "=") zoom.act("in");
  else if (key === "-") zoom.act("out");
  else if (key === "0") zoom.act("all");
  else if (direction && (shiftKey || !kernel)) {
    zoom.move(direction[0] * PART * zoom.view.width, direction[1] * PART * zoom.view.height);
  } else return false;
  return true;
}

function kernelKey(solution, { key }, kernel) {
  const { indices } = solution;
  const index = indexAt(kernel);
  const direction = DIRECTIONS[key];
  if (key === "Enter" || key === " ") toggle(solution.data.names[index]);
  else if (direction) solution.focus(solution.neighbour(index, ...direction) ?? index);
  else if (key === "Home") solution.focus(indices[0]);
  else if (key === "End") solution.focus(indices.at(-1));
  else return false;
  return true;
}

function chooseColour(value) {
  root.dataset.colour = value;
}

const SCHEMES = ["system", "light", "dark"];

function nextScheme(event) {
  const next = SCHEMES[(SCHEMES.indexOf(root.dataset.scheme ?? "system") + 1) % SCHEMES.length];
  if (next === "system") delete root.dataset.scheme;
  else root.dataset.scheme = next;
  event.currentTarget.textContent = `Scheme: ${next}`;
}

solutions.forEach(link);
for (const radio of document.querySelectorAll("[name=colour]")) {
  radio.addEventListener("change", () => chooseColour(radio.value));
  if (radio.checked) chooseColour(radio.value); // the browser may have kept the choice of an earlier visit
}
for (const radio of document.querySelectorAll("[name=table]")) {
  const show = () => tables.forEach((table, number) => (table.root.hidden = number !== Number(radio.value)));
  radio.addEventListener("change", show);
  if (radio.checked) show();
}
const wires = document.getElementById("wires");
function showWires() {
  root.classList.toggle("no-wires", !wires.checked);
  for (const solution of solutions) solution.crowd?.showWires(wires.checked);
}
wires.addEventListener("change", showWires);
showWires();
document.getElementById("scheme").addEventListener("click", nextScheme);
const find = document.getElementById("find");
find.addEventListener("input", () => tables.forEach((table) => table.filter(find.value)));
if (find.value) tables.forEach((table) => table.filter(find.value));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  tooltip.hide();
  select(null);
});
performance.mark("report-ready");
root.dataset.ready = performance.now().toFixed(0); // ms since the navigation began
