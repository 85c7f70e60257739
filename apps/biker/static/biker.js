// Bikes nearby: what is asked of the portal, and what the page shows. All texts come from texts.json.
import { BikeMap } from "./map.js";
import { crossing, distance, Towns } from "./places.js";

const { portal, product } = document.documentElement.dataset;
const lang = document.documentElement.lang;
const LOCALE = { nl: "nl-BE", fr: "fr-BE", en: "en-GB" }[lang];
const LISTED = 12, LEAST = 5, ASKED = 60; // stations
const NEAR = 3_000, AROUND = 30_000, WALK = 80; // metres, metres, metres a minute
const $ = (id) => document.getElementById(id);

let texts = {}, towns = null, place = null, answer = null, offline = false, mode = "take", chosen = null, latest = 0, told = "";
const map = new BikeMap($("map"), () => drawMap());

const say = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const counted = (key, n) => say(n === 1 || (n === 0 && lang === "fr") ? `${key}_one` : key, { n });
const clock = (instant) => new Date(instant).toLocaleTimeString(LOCALE, { hour: "2-digit", minute: "2-digit" });
const metres = (n) => (n < 1000 ? `${n}\u00a0m` : `${(n / 1000).toLocaleString(LOCALE, { maximumFractionDigits: 1 })}\u00a0km`);
const townName = (town) => town.names[lang] ?? town.local_name;
const remember = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: only the comfort is lost */ } };
const recall = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

async function ask(path, options = {}) {
  const response = await fetch(`${portal}${path}`, { signal: AbortSignal.timeout(15_000), ...options });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Load the municipalities: from the portal, else as they were last time. */
async function loadTowns() {
  try {
    const collection = await ask("/data/municipalities.geojson");
    remember("towns", collection);
    return new Towns(collection);
  } catch {
    const kept = recall("towns");
    return new Towns(kept ?? { features: [] });
  }
}

/** Ask for the stations around the place (all of them without one); without the portal, take the last answer. */
async function load() {
  const turn = ++latest;
  const asked = new URLSearchParams(place ? { lon: place.point[0].toFixed(5), lat: place.point[1].toFixed(5), distance: AROUND, limit: ASKED } : {});
  try {
    const fresh = await ask(`/data/${product}.geojson?${asked}`, { cache: "no-cache" }); // asked by ETag each time
    if (turn !== latest) return;
    answer = { ...fresh, received: Date.now() };
    offline = false;
    remember("answer", answer);
  } catch {
    if (turn !== latest) return;
    answer = recall("answer");
    offline = true;
    if (answer && place) {
      for (const station of answer.features) station.properties.distance_m = Math.round(distance(place.point, station.geometry.coordinates));
      answer.features.sort((a, b) => a.properties.distance_m - b.properties.distance_m);
    }
  }
  show();
}

const number = (station) => station.properties[mode === "take" ? "bikes" : "docks"];

/** Tell what came of an action; it stays until the next one, also when an answer that was still awaited arrives. */
function tell(text) {
  told = text;
  $("message").textContent = text;
}

function show() {
  $("message").textContent = told;
  $("list").replaceChildren();
  if (!answer) {
    const again = element("button", { type: "button", class: "btn btn-secondary" }, say("again"));
    again.addEventListener("click", load);
    $("message").replaceChildren(say("down"), " ", again);
    drawMap();
    return;
  }
  $("list").append(...notices(), ...(place ? listed() : []));
  if (!told && !place) $("message").textContent = say("where");
  else if (!told && !answer.features.length) $("message").textContent = say("none");
  $("measured").textContent = say("measured", { time: clock(answer.received) });
  $("attribution").textContent = `, ${answer.sources.map((source) => source.attribution).join("; ")}`;
  $("boundaries").textContent = towns.attribution.join("; ");
  drawMap();
}

function notices() {
  const said = [];
  if (offline) said.push(say("offline", { time: clock(answer.received) }));
  if (answer.sample) said.push(say("sample"));
  for (const source of answer.sources) {
    if (source.stale && source.stations) said.push(say("stale_banner", { source: source.title[lang], time: clock(source.fetched) }));
  }
  return said.map((text) => element("p", { class: "notice" }, text));
}

/** The stations one would walk to (five at least), grouped by side of the borders; the side with the nearest station first. */
function listed() {
  const home = place.town;
  const groups = new Map();
  const near = answer.features.filter((station, i) => i < LEAST || (i < LISTED && station.properties.distance_m <= NEAR));
  for (const station of near) {
    const town = towns.byKey.get(station.properties.municipality) ?? towns.at(station.geometry.coordinates) ?? home;
    const side = town ? `${town.country} ${town.region}` : "";
    if (!groups.has(side)) groups.set(side, { town, stations: [] });
    groups.get(side).stations.push(station);
  }
  const parts = [];
  for (const { town, stations } of groups.values()) {
    const crossed = crossing(home, town);
    if (crossed) parts.push(element("p", { class: "seam-label" }, say(crossed, { place: townName(town) })));
    else if (parts.length) parts.push(element("p", { class: "seam-label" }, say("home_side", { place: townName(town) })));
    parts.push(element("ol", { class: "plain" }, ...stations.map(line)));
  }
  return parts;
}

function line(station) {
  const { name, source, bikes, docks, stale, time, distance_m: far, municipality } = station.properties;
  const count = number(station);
  const spoken = towns.byKey.get(municipality)?.region === "vlaanderen" ? "nl" : "fr";
  const other = mode === "take" ? ["docks", docks] : ["bikes", bikes];
  const system = answer.sources.find((one) => one.name === source)?.title[lang] ?? source;
  const link = element("a", { href: "#map", lang: spoken === lang ? null : spoken }, name);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    chosen = station.id;
    map.show(station.geometry.coordinates, 600);
    drawMap();
    $("map").focus();
  });
  return element("li", { class: `bike${count ? "" : " bike-none"}` },
    element("b", { class: "bike-n num" },
      element("span", { "aria-hidden": "true" }, count ?? "?"),
      element("span", { class: "visually-hidden" }, count === null ? say("unknown") : counted(mode === "take" ? "bikes" : "docks", count))),
    element("div", {},
      element("h2", {}, link),
      element("p", {}, other[1] === null ? system : `${system}, ${counted(...other)}`),
      ...(stale ? [element("p", { class: "bike-old" }, say("stale", { time: clock(time ?? answer.received) }))] : [])),
    element("p", { class: "bike-d" }, element("b", {}, metres(far)), element("br"), say("walk", { n: Math.max(1, Math.round(far / WALK)) })));
}

function drawMap() {
  if (!towns) return;
  const marks = (answer?.features ?? []).map((station) => ({
    point: station.geometry.coordinates, count: number(station), old: station.properties.stale, here: station.id === chosen,
  }));
  const count = map.draw({ towns, me: place?.point, marks: marks.reverse(), name: townName });
  $("map").setAttribute("aria-label", say("map", { place: place?.label ?? "Lille–Kortrijk–Tournai", count }));
}

/** Go to a point: load the stations around it and show the nearest five. */
async function go(point, town, label) {
  place = { point, town, label };
  chosen = null;
  map.show(point, 1300);
  $("where").value = label;
  remember("place", town?.key ?? null);
  told = "";
  $("message").textContent = say("loading");
  await load();
  const fifth = answer?.features[Math.min(4, answer.features.length - 1)];
  if (fifth) map.show(point, Math.max(500, fifth.properties.distance_m * 1.15));
  drawMap();
}

function choose(town) {
  history.replaceState(null, "", `?${new URLSearchParams({ lang, place: town.key })}`);
  for (const other of document.querySelectorAll(".langs a")) other.search = `?${new URLSearchParams({ lang: other.hreflang, place: town.key })}`;
  return go(town.point, town, townName(town));
}

$("choose").addEventListener("submit", async (event) => {
  event.preventDefault();
  await ready;
  const text = $("where").value;
  const town = towns.find(text);
  if (town) choose(town);
  else tell(say("no_place", { text }));
});
$("where").addEventListener("change", () => { const town = towns?.find($("where").value); if (town && town !== place?.town) choose(town); });
$("where").addEventListener("focus", () => $("where").select());
$("locate").addEventListener("click", async () => {
  await ready;
  const failed = () => { tell(say("no_location")); $("where").focus(); };
  if (!navigator.geolocation) { failed(); return; }
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const point = [coords.longitude, coords.latitude];
    const town = towns.list.length ? towns.at(point) : null;
    if (town) go(point, town, `${say("my_place")} (${townName(town)})`);
    else { tell(say("outside")); $("where").focus(); }
  }, failed, { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 });
});
for (const id of ["take", "return"]) {
  $(id).addEventListener("click", () => {
    mode = id;
    for (const one of ["take", "return"]) $(one).setAttribute("aria-pressed", String(one === id));
    show();
  });
}
$("zoom-in").addEventListener("click", () => map.zoom(1.6));
$("zoom-out").addEventListener("click", () => map.zoom(1 / 1.6));
for (const event of ["online", "visibilitychange"]) addEventListener(event, () => { if (!document.hidden && texts.title) load(); });

const ready = (async () => {
  texts = (await (await fetch("/static/texts.json")).json())[lang];
  towns = await loadTowns();
})();
await ready;
for (const town of towns.list) $("places").append(element("option", { value: townName(town) }));
const start = towns.byKey.get(new URLSearchParams(location.search).get("place") ?? recall("place"));
await (start ? choose(start) : load());
setInterval(() => { if (!document.hidden) load(); }, (answer?.refresh ?? 60) * 1000);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/offline.js").catch(() => {});
