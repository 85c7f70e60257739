// The search on a map, made movable: Leaflet over the outlines of the drawing that stands in the page.
// Without this file the drawing's circles are links, and the list works as it is.
(() => {
  const root = document.getElementById("map");
  const drawing = root?.querySelector("svg.weave-map");
  if (!drawing || !window.L || !root.dataset.ground) return;
  const L = window.L;
  const REGION = [[50.44, 2.59], [51.1, 4.11]]; // south-west and north-east, where nothing else says what to show
  const [ax, bx, ay, by] = root.dataset.ground.split(" ").map(Number);
  const place = ([x, y]) => [(y - by) / ay, (x - bx) / ax]; // drawing units to latitude, longitude
  const said = document.getElementById("map-said");
  const tools = root.querySelector(".maptools");
  const tool = (name) => tools.querySelector(`[data-map="${name}"]`);

  // "M10 20l3 4-5 6z…": one absolute point, then steps.
  function lines(path) {
    return path.split("M").slice(1).map((part) => {
      const numbers = part.match(/-?\d+/g).map(Number);
      let [x, y] = numbers;
      const points = [place([x, y])];
      for (let at = 2; at + 1 < numbers.length; at += 2) {
        x += numbers[at];
        y += numbers[at + 1];
        points.push(place([x, y]));
      }
      return points;
    });
  }

  const ground = document.createElement("div");
  ground.className = "mapground";
  ground.setAttribute("role", "region");
  ground.setAttribute("aria-label", drawing.getAttribute("aria-label"));
  drawing.before(ground);
  drawing.remove();
  const map = L.map(ground, { zoomControl: false, attributionControl: false, minZoom: 8, maxZoom: 16, zoomSnap: 0.5,
    fadeAnimation: false, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches });
  if (root.dataset.tiles) {
    L.tileLayer(root.dataset.tiles, { maxZoom: 16 }).addTo(map);
    L.control.attribution({ prefix: false, position: "bottomleft" }).addAttribution(root.dataset.tilesCredit).addTo(map);
    root.classList.add("with-tiles");
  }
  const plain = { interactive: false, smoothFactor: 0.5 };
  for (const path of drawing.querySelectorAll("path.m")) {
    L.polygon(lines(path.getAttribute("d")).map((ring) => [ring]), { ...plain, className: "map-land" }).addTo(map);
  }
  for (const name of ["language-border", "border"]) {
    const path = drawing.querySelector(`path.${name}`);
    L.polyline(lines(path.getAttribute("d")), { ...plain, className: `map-${name}` }).addTo(map);
  }

  const marks = L.layerGroup().addTo(map);
  let zone = null;

  // What the address says to show, else the zone, else all that was found. A map without a view draws nothing.
  function look({ zone: box, spots }) {
    const seen = /^#(\d+(?:\.5)?)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash);
    if (seen) map.setView([seen[2], seen[3]], seen[1]);
    else if (box) map.fitBounds([[box[1], box[0]], [box[3], box[2]]], { padding: [40, 40] });
    else if (spots.length > 1) map.fitBounds(spots.map((spot) => [spot.latitude, spot.longitude]), { padding: [60, 60] });
    else map.fitBounds(REGION);
  }

  function show({ zone: box, spots }) {
    marks.clearLayers();
    zone?.remove();
    zone = box && L.rectangle([[box[1], box[0]], [box[3], box[2]]], { ...plain, className: "map-zone" }).addTo(map);
    for (const spot of spots) {
      const size = Math.round(spot.size * (ground.clientWidth < 500 ? 0.7 : 1));
      const label = spot.named ? `<span class="bubble-name">${escaped(spot.name)}</span>` : "";
      const icon = L.divIcon({ className: `bubble${spot.chosen ? " bubble-here" : ""}`, iconSize: [size, size],
        html: `<span class="bubble-count">${spot.count}</span>${label}` });
      const mark = L.marker([spot.latitude, spot.longitude], { icon, title: spot.said });
      mark.on("click keypress", (event) => {
        if (event.type === "click" || event.originalEvent.key === "Enter") go(spot.url);
      });
      mark.addTo(marks);
      mark.getElement().setAttribute("aria-label", spot.said);
    }
  }

  function escaped(text) {
    const element = document.createElement("span");
    element.textContent = text;
    return element.innerHTML;
  }

  const data = () => JSON.parse(document.getElementById("map-spots").textContent);

  // The list comes anew, the map stays where it is.
  async function load(address) {
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
      const inside = document.getElementById("map-list").contains(document.activeElement);
      for (const id of ["map-list", "langs", "langs-menu"]) {
        const [fresh, old] = [parts.getElementById(id), document.getElementById(id)];
        if (fresh && old) old.replaceWith(fresh);
      }
      show(data());
      const count = document.getElementById("map-count");
      said.textContent = count.textContent;
      if (inside) count.focus({ preventScroll: true });
    } catch {
      location.assign(address); // whatever went wrong: the page can tell
    } finally {
      root.removeAttribute("aria-busy");
    }
  }

  function go(address) {
    history.pushState(null, "", address + location.hash);
    load(address);
  }

  // Links of the list that stay on the map, and its form.
  const here = (address) => new URL(address, location.href).pathname === new URL(root.dataset.page, location.href).pathname;
  document.querySelector(".mapsearch").addEventListener("click", (event) => {
    const link = event.target.closest("#map-list a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !here(link.href)) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  document.querySelector(".mapsearch").addEventListener("submit", (event) => {
    event.preventDefault();
    go(`${root.dataset.page}?${new URLSearchParams(new FormData(event.target))}`);
  });
  addEventListener("popstate", () => load(location.pathname + location.search));

  function within(bounds) {
    const round = (number) => Math.round(number * 1e4) / 1e4;
    const asked = new URLSearchParams(location.search);
    asked.delete("page");
    asked.set("ext_bbox", [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map(round).join(","));
    go(`${root.dataset.page}?${asked}`);
  }

  // Drawing a zone: from corner to corner, with whatever points.
  let corner = null;
  let sketch = null;
  const drawn = tool("draw");

  function drawing_on(on) {
    drawn.setAttribute("aria-pressed", String(on));
    ground.classList.toggle("drawing", on);
    map.dragging[on ? "disable" : "enable"]();
    sketch?.remove();
    corner = sketch = null;
    if (on) said.textContent = drawn.dataset.how;
  }

  ground.addEventListener("pointerdown", (event) => {
    if (drawn?.getAttribute("aria-pressed") !== "true") return;
    corner = map.mouseEventToLatLng(event);
    ground.setPointerCapture(event.pointerId);
    sketch = L.rectangle([corner, corner], { ...plain, className: "map-zone" }).addTo(map);
  });
  ground.addEventListener("pointermove", (event) => {
    if (corner) sketch.setBounds(L.latLngBounds(corner, map.mouseEventToLatLng(event)));
  });
  ground.addEventListener("pointerup", (event) => {
    if (!corner) return;
    const bounds = L.latLngBounds(corner, map.mouseEventToLatLng(event));
    drawing_on(false);
    if (bounds.getWest() < bounds.getEast() && bounds.getSouth() < bounds.getNorth()) within(bounds);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawn?.getAttribute("aria-pressed") === "true") drawing_on(false);
  });

  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const name = event.target.closest("[data-map]")?.dataset.map;
    if (name === "in") map.zoomIn();
    if (name === "out") map.zoomOut();
    if (name === "me") map.locate({ setView: true, maxZoom: 13 });
    if (name === "view") within(map.getBounds());
    if (name === "draw") drawing_on(drawn.getAttribute("aria-pressed") !== "true");
  });
  map.on("locationerror", () => { said.textContent = tool("me").dataset.failed; said.classList.remove("visually-hidden"); });
  look(data());
  show(data());
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    history.replaceState(history.state, "", `#${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`);
  });
})();
