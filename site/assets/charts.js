// What charts and maps gain where there are scripts. All that they show stands in them, and beside them in words, without.

import { gettext } from "./words.js";

const STEP = 1.6;
const MOST = 8;

// A map comes nearer, is dragged, and shows the place whose name has the focus.
class Zoom {
  constructor(svg) {
    this.svg = svg;
    const { width, height } = svg.viewBox.baseVal;
    this.whole = { width, height };
    this.scale = 1;
    this.middle = { x: width / 2, y: height / 2 };
    const bar = element("div", "map-buttons");
    this.nearer = bar.appendChild(this.button("+", gettext("Nearer"), () => this.by(STEP)));
    this.farther = bar.appendChild(this.button("−", gettext("Farther"), () => this.by(1 / STEP)));
    svg.after(bar);
    svg.addEventListener("pointerdown", (event) => this.drag(event));
    svg.addEventListener("focusin", (event) => this.show(event.target.getBBox()));
    this.draw();
  }

  button(sign, label, act) {
    const button = element("button", "copy", sign);
    button.type = "button";
    button.ariaLabel = label;
    button.addEventListener("click", act);
    return button;
  }

  by(factor) {
    this.scale = Math.min(Math.max(this.scale * factor, 1), MOST);
    this.draw();
  }

  show({ x, y, width, height }) {
    if (this.scale === 1) return;
    this.middle = { x: x + width / 2, y: y + height / 2 };
    this.draw();
  }

  drag(start) {
    if (this.scale === 1 || start.button !== 0) return;
    const from = { ...this.middle };
    const unit = this.whole.width / this.scale / this.svg.clientWidth;
    const move = (event) => {
      this.middle = { x: from.x - (event.clientX - start.clientX) * unit, y: from.y - (event.clientY - start.clientY) * unit };
      this.draw();
    };
    // A click that ends a drag opens no link.
    const end = (event) => {
      removeEventListener("pointermove", move);
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < 4) return;
      this.svg.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
    };
    start.preventDefault();
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  }

  // No part of what lies beyond the edge comes into sight.
  draw() {
    const [width, height] = [this.whole.width / this.scale, this.whole.height / this.scale];
    const within = (at, half, whole) => Math.min(Math.max(at, half), whole - half);
    this.middle = { x: within(this.middle.x, width / 2, this.whole.width), y: within(this.middle.y, height / 2, this.whole.height) };
    this.svg.setAttribute("viewBox", [this.middle.x - width / 2, this.middle.y - height / 2, width, height].join(" "));
    // Names grow less than the land.
    this.svg.style.setProperty("--zoom", Math.sqrt(this.scale));
    this.svg.classList.toggle("zoomed", this.scale > 1);
    this.nearer.disabled = this.scale === MOST;
    this.farther.disabled = this.scale === 1;
  }
}

// Figures that later ones replaced can be left out.
function offerToHide(table) {
  if (!table.querySelector(".superseded")) return;
  const label = element("label", "chart-choice");
  const box = label.appendChild(element("input"));
  box.type = "checkbox";
  box.addEventListener("change", () => table.classList.toggle("latest", box.checked));
  label.append(` ${gettext("Leave out figures that later ones replaced")}`);
  table.closest(".scroll").before(label);
}

// The time below the pointer, and a line through all spans.
function tellTimes(table) {
  const { begins, ends } = table.dataset;
  const [first, last] = [Date.parse(begins), Date.parse(ends)];
  const offset = /[+-]\d\d:\d\d$/.exec(begins)?.[0];
  const zone = offset && Number(`${offset[0]}1`) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * 60_000;
  // As interface.py writes days in English.
  const language = document.documentElement.lang.replace(/^en$/, "en-GB");
  const form = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone === undefined ? undefined : "UTC" });
  const told = element("p", "pointed");
  told.ariaHidden = "true";
  table.closest(".scroll").before(told);
  const forget = () => { table.style.removeProperty("--at"); told.textContent = ""; };
  table.addEventListener("pointermove", (event) => {
    const bar = event.target.closest(".axis")?.querySelector("svg")?.getBoundingClientRect();
    const share = bar ? (event.clientX - bar.left) / bar.width : -1;
    if (share < 0 || share > 1) return forget();
    table.style.setProperty("--at", `${share * bar.width}px`);
    told.textContent = form.format(new Date(first + share * (last - first) + (zone ?? 0)));
  });
  table.addEventListener("pointerleave", forget);
}

function element(name, kind = "", text = "") {
  const made = document.createElement(name);
  made.className = kind;
  made.textContent = text;
  return made;
}

for (const svg of document.querySelectorAll(".map > svg")) new Zoom(svg);
for (const table of document.querySelectorAll(".figures-table")) offerToHide(table);
for (const table of document.querySelectorAll(".timeline-table")) tellTimes(table);
