// The map: an SVG drawn anew from polygons and points; dragging, pinching, wheel, keys and buttons move it.

const WIDTH = 390, HEIGHT = 270;
const NEAREST = 0.6, FARTHEST = 0.0015; // pixels a metre
const LATITUDE = 111_195; // metres of a degree

const make = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, typeof value === "number" ? Math.round(value * 10) / 10 : value);
  if (text !== undefined) element.textContent = text;
  return element;
};

export class BikeMap {
  constructor(svg, draw) {
    this.svg = svg;
    this.redraw = draw;
    this.centre = [3.2, 50.74];
    this.scale = 0.004;
    this.pointers = new Map();
    svg.addEventListener("pointerdown", (e) => { this.pointers.set(e.pointerId, [e.clientX, e.clientY]); svg.setPointerCapture(e.pointerId); });
    svg.addEventListener("pointermove", (e) => this.#moved(e));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (e) => this.pointers.delete(e.pointerId));
    svg.addEventListener("wheel", (e) => { if (!e.ctrlKey && !e.metaKey) return; e.preventDefault(); this.zoom(e.deltaY < 0 ? 1.25 : 0.8); }, { passive: false });
    svg.addEventListener("keydown", (e) => this.#pressed(e));
  }

  /** Show a point with `metres` around it. */
  show(point, metres) {
    this.centre = point;
    this.scale = Math.min(NEAREST, Math.max(FARTHEST, HEIGHT / 2 / metres));
  }

  zoom(factor) {
    this.scale = Math.min(NEAREST, Math.max(FARTHEST, this.scale * factor));
    this.redraw();
  }

  pan(x, y) {
    const [lon, lat] = this.centre;
    this.centre = [lon - x / this.scale / this.#longitude(), lat + y / this.scale / LATITUDE];
    this.redraw();
  }

  #longitude() { return LATITUDE * Math.cos((this.centre[1] * Math.PI) / 180) * 1.0011; }

  #moved(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const pixel = WIDTH / this.svg.getBoundingClientRect().width;
    const now = [event.clientX, event.clientY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (other) this.zoom(Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1])));
    else this.pan((now[0] - before[0]) * pixel, (now[1] - before[1]) * pixel);
  }

  #pressed(event) {
    const steps = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
    if (steps[event.key]) this.pan(...steps[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(1.6);
    else if (event.key === "-") this.zoom(1 / 1.6);
    else return;
    event.preventDefault();
  }

  #at([lon, lat]) {
    return [
      WIDTH / 2 + (lon - this.centre[0]) * this.#longitude() * this.scale,
      HEIGHT / 2 - (lat - this.centre[1]) * LATITUDE * this.scale,
    ];
  }

  #line(points, closed) {
    return points.map((p, i) => `${i ? "L" : "M"}${this.#at(p).map((n) => n.toFixed(1)).join(" ")}`).join("") + (closed ? "z" : "");
  }

  #seen([x, y], room = 0) { return x > -room && x < WIDTH + room && y > -room && y < HEIGHT + room; }

  /** Draw the land, the borders, the rings round `me`, and the marks; return how many marks are in view. */
  draw({ towns, me, marks, name }) {
    const parts = [];
    const shown = towns.list.filter((town) => {
      const [left, bottom] = this.#at([town.box[0], town.box[1]]), [right, top] = this.#at([town.box[2], town.box[3]]);
      return right > 0 && left < WIDTH && bottom > 0 && top < HEIGHT;
    });
    for (const town of shown) parts.push(make("path", { class: "m", d: town.rings.map((ring) => this.#line(ring, true)).join("") }));
    for (const [kind, style] of [["language", "language-border"], ["country", "border"]]) {
      const geometry = towns.borders[kind];
      if (geometry) parts.push(make("path", { class: style, d: geometry.coordinates.map((line) => this.#line(line, false)).join("") }));
    }
    if (me) this.#rings(parts, this.#at(me));
    for (const town of shown) {
      const place = this.#at(town.point);
      if (this.#seen(place, -14) && this.scale > 0.008) parts.push(make("text", { class: "pl", x: place[0], y: place[1] - 18, "text-anchor": "middle" }, name(town)));
    }
    if (me) { const [x, y] = this.#at(me); parts.push(make("circle", { class: "me", cx: x, cy: y, r: 7 })); }
    const small = this.scale < 0.012;
    let inView = 0;
    for (const mark of marks) {
      const [x, y] = this.#at(mark.point);
      if (!this.#seen([x, y], 14)) continue;
      inView += 1;
      parts.push(make("circle", { class: `${mark.count ? "bub" : "bub0"}${mark.old ? " bub-old" : ""}${mark.here ? " bub-here" : ""}`, cx: x, cy: y, r: small ? 5 : 13 }));
      if (!small) parts.push(make("text", { class: "bubn", x, y: y + 4.5, "text-anchor": "middle" }, mark.count ?? "?"));
    }
    this.svg.replaceChildren(...parts);
    return inView;
  }

  #rings(parts, [x, y]) {
    for (const metres of [100, 250, 500, 1000, 2000, 5000, 10_000]) {
      const radius = metres * this.scale;
      if (radius < 45 || radius > 185) continue;
      parts.push(make("circle", { class: "ring", cx: x, cy: y, r: radius }));
      parts.push(make("text", { class: "ringl", x, y: y - radius + 4, "text-anchor": "middle" }, metres < 1000 ? `${metres} m` : `${metres / 1000} km`));
    }
  }
}
