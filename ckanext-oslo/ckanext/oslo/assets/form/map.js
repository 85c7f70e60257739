/* An area on the map: a municipality that is clicked, a box drawn with mouse, pen or finger; or its four sides as numbers,
   for the keyboard. The ground is a drawing of the land that the theme gives (oslo/form/map_ground.html), with the keys
   of places; without one there are only the numbers. */
(function () {
  "use strict";

  const oslo = window.osloForm;
  const SVG = "http://www.w3.org/2000/svg";
  const SIDES = ["west", "south", "east", "north"];
  const SMALLEST = 0.004; // Degrees of a side: less is a click by an unsteady hand.

  function svg(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  /* Give the positions of a text area: GeoJSON, or four numbers. */
  function positions(text) {
    const numbers = text.trim().split(/[,;\s]+/).map(Number);
    if (numbers.length === 4 && numbers.every(Number.isFinite)) {
      const [west, south, east, north] = numbers;
      return [[[west, south], [east, south], [east, north], [west, north], [west, south]]];
    }
    try {
      const rings = [];
      const walk = (value) => {
        if (!Array.isArray(value)) return;
        if (typeof value[0] === "number") rings.push([value]);
        else if (Array.isArray(value[0]) && typeof value[0][0] === "number") rings.push(value);
        else value.forEach(walk);
      };
      const read = JSON.parse(text);
      const geometry = read.type === "Feature" ? read.geometry : read;
      (geometry.geometries || [geometry]).forEach((one) => walk(one.coordinates));
      return rings;
    } catch (error) {
      return [];
    }
  }

  function boxOf(rings) {
    const points = rings.flat();
    if (!points.length) return null;
    const xs = points.map((point) => point[0]);
    const ys = points.map((point) => point[1]);
    return { west: Math.min(...xs), south: Math.min(...ys), east: Math.max(...xs), north: Math.max(...ys) };
  }

  const round = (number) => Math.round(number * 10000) / 10000;

  /* How the ground's degrees become drawing units: x = a·longitude + b, y = c·latitude + d. */
  const scaleOf = (ground) => ground.dataset.osloGround.split(" ").map(Number);

  const groundOf = () => document.querySelector("[data-oslo-ground]");

  /* Give the key of the place that is drawn at a point of the ground, "" for none. */
  function placeAt(ground, x, y) {
    if (!ground.osloPlaces) {
      ground.osloPlaces = [...ground.querySelectorAll("[data-oslo-place]")].map((path) => [path.dataset.osloPlace, new Path2D(path.getAttribute("d"))]);
      ground.osloPen = document.createElement("canvas").getContext("2d");
    }
    const found = ground.osloPlaces.find(([, path]) => ground.osloPen.isPointInPath(path, x, y));
    return found ? found[0] : "";
  }

  /* Give the keys of the places in which points (longitude, latitude) lie; none as soon as one lies elsewhere. */
  oslo.placesOf = function (points) {
    const ground = groundOf();
    if (!ground) return [];
    const [a, b, c, d] = scaleOf(ground);
    const keys = points.map(([x, y]) => placeAt(ground, a * x + b, c * y + d));
    return keys.every(Boolean) ? [...new Set(keys)] : [];
  };

  function outline(holder) {
    const area = holder.querySelector("textarea");
    const names = JSON.parse(holder.dataset.osloSides);
    const ground = groundOf();
    const field = area.closest(".field");
    const label = field.querySelector("label").firstChild.textContent.trim();
    const inputs = {};
    const numbers = oslo.element("div", { class: "oslo-sides" });
    for (const side of SIDES) {
      const input = oslo.element("input", { type: "text", inputmode: "decimal", class: "form-control", id: oslo.id(side), autocomplete: "off" });
      inputs[side] = input;
      numbers.append(oslo.element("div", {}, oslo.element("label", { class: "form-label", for: input.id }, names[side]), input));
    }
    const wrong = oslo.element("p", { class: "invalid-feedback", role: "alert", hidden: true });
    const clear = oslo.element("button", { type: "button", class: "btn btn-link btn-sm" }, holder.dataset.osloClear);
    const own = oslo.element("fieldset", { class: "field" }, oslo.element("legend", { class: "form-label" }, label), numbers, wrong, oslo.element("p", {}, clear));
    const raw = oslo.element("details", { class: "fold" }, oslo.element("summary", {}, holder.dataset.osloRaw));
    raw.open = area.hasAttribute("aria-invalid");
    field.before(own);
    field.before(raw);
    raw.append(field);

    let map = null;
    if (ground) {
      const hint = oslo.element("p", { class: "hint", id: oslo.id("map") }, holder.dataset.osloMapHint);
      map = makeMap(ground, holder.dataset.osloMapName, {
        drawn(box) {
          write(box);
          oslo.say(oslo.fill(oslo.words.drawn, box));
        },
        // Whoever knows places by their key fills the group (repeating.js).
        picked: (key) => holder.dispatchEvent(new CustomEvent("oslo:place", { bubbles: true, detail: key })),
      });
      map.element.setAttribute("aria-describedby", hint.id);
      numbers.before(hint, map.element);
    }

    function show() {
      const rings = positions(area.value);
      const box = boxOf(rings);
      for (const side of SIDES) inputs[side].value = box ? String(round(box[side])) : "";
      if (map) map.show(rings);
    }

    function write(box) {
      area.value = SIDES.map((side) => round(box[side])).join(", ");
      oslo.changed(area);
    }

    function read() {
      const box = {};
      for (const side of SIDES) box[side] = Number(inputs[side].value.trim().replace(",", ".") || NaN);
      const given = SIDES.filter((side) => inputs[side].value.trim());
      let message = "";
      if (given.length === 4) {
        if (!SIDES.every((side) => Number.isFinite(box[side])) || Math.abs(box.west) > 180 || Math.abs(box.east) > 180 || Math.abs(box.south) > 90 || Math.abs(box.north) > 90) message = oslo.words.outside;
        else if (box.west >= box.east || box.south >= box.north) message = oslo.words.box_wrong;
        else write(box);
      } else if (!given.length && area.value) {
        area.value = "";
        oslo.changed(area);
      }
      wrong.textContent = message;
      wrong.hidden = !message;
    }

    numbers.addEventListener("change", read);
    area.addEventListener("change", show);
    clear.addEventListener("click", () => {
      area.value = "";
      wrong.hidden = true;
      oslo.changed(area);
      inputs.west.focus();
    });
    show();
  }

  function makeMap(ground, name, { drawn, picked }) {
    const [a, b, c, d] = scaleOf(ground);
    const element = svg("svg", { viewBox: ground.getAttribute("viewBox"), class: "weave-map oslo-map", role: "img", "aria-label": name });
    element.append(svg("use", { href: `#${ground.querySelector("symbol").id}` }));
    const shape = svg("path", { class: "drawn-area" });
    const box = svg("rect", { class: "drawn-area", visibility: "hidden" });
    element.append(shape, box);
    let from = null;

    function at(event) {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(element.getScreenCTM().inverse());
      return [point.x, point.y];
    }

    const degrees = ([x, y]) => [(x - b) / a, (y - d) / c];

    element.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      from = at(event);
      element.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    element.addEventListener("pointermove", (event) => {
      if (!from) return;
      const to = at(event);
      box.setAttribute("x", String(Math.min(from[0], to[0])));
      box.setAttribute("y", String(Math.min(from[1], to[1])));
      box.setAttribute("width", String(Math.abs(to[0] - from[0])));
      box.setAttribute("height", String(Math.abs(to[1] - from[1])));
      box.setAttribute("visibility", "visible");
    });
    element.addEventListener("pointerup", (event) => {
      if (!from) return;
      const to = at(event);
      const [start, end] = [degrees(from), degrees(to)];
      from = null;
      box.setAttribute("visibility", "hidden");
      const [west, east] = [start[0], end[0]].sort((one, other) => one - other);
      const [south, north] = [start[1], end[1]].sort((one, other) => one - other);
      if (east - west > SMALLEST && north - south > SMALLEST) drawn({ west: round(west), south: round(south), east: round(east), north: round(north) });
      else if (placeAt(ground, ...to)) picked(placeAt(ground, ...to));
    });
    element.addEventListener("pointercancel", () => {
      from = null;
      box.setAttribute("visibility", "hidden");
    });

    return {
      element,
      show(rings) {
        const paths = rings.map((ring) => "M" + ring.map(([x, y]) => `${(a * x + b).toFixed(1)} ${(c * y + d).toFixed(1)}`).join("L"));
        shape.setAttribute("d", paths.join(""));
      },
    };
  }

  oslo.part((root) => oslo.all(root, "[data-oslo-outline]").forEach(outline));
})();
