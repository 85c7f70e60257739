// Where things are: municipalities by name and by point, distances and sides of the borders.

const METRES = 111_195; // of a degree of latitude

/** Fold a name so that accents, case, hyphens and apostrophes do not matter. */
export const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** Metres between two points ([lon, lat] in degrees): good to a thousandth over the region. */
export function distance([lon, lat], [otherLon, otherLat]) {
  const x = (otherLon - lon) * Math.cos((lat * Math.PI) / 180) * 1.0011;
  return Math.hypot(x, otherLat - lat) * METRES;
}

/** The municipalities of /data/municipalities.geojson. */
export class Towns {
  constructor(collection) {
    this.attribution = collection.attribution ?? [];
    this.borders = collection.borders ?? {};
    this.list = collection.features.map((feature) => ({
      ...feature.properties,
      rings: rings(feature.geometry),
      box: box(rings(feature.geometry).flat()),
    }));
    this.byKey = new Map(this.list.map((town) => [town.key, town]));
    this.words = new Map();
    for (const town of this.list) {
      for (const word of [town.key, town.local_name, ...Object.values(town.names), ...town.postcodes]) {
        if (!this.words.has(fold(word))) this.words.set(fold(word), town);
      }
    }
  }

  /** The municipality that a name in any language, a postcode or a key means; else the first that begins so. */
  find(text) {
    const asked = fold(text);
    if (!asked) return null;
    if (this.words.has(asked)) return this.words.get(asked);
    for (const [word, town] of this.words) if (asked.length > 2 && word.startsWith(asked)) return town;
    return null;
  }

  /** The municipality at a point, or the nearest one within 10 km. */
  at(point) {
    const inside = this.list.find((town) => within(town, point));
    if (inside || !this.list.length) return inside ?? null;
    const nearest = this.list.reduce((best, town) => (distance(town.point, point) < distance(best.point, point) ? town : best));
    return distance(nearest.point, point) < 10_000 ? nearest : null;
  }
}

/** "border" when the countries differ, "language_border" when the regions do, else "". */
export function crossing(from, to) {
  if (!from || !to) return "";
  if (from.country !== to.country) return "border";
  return from.region === to.region ? "" : "language_border";
}

function rings(geometry) {
  if (geometry.type === "Polygon") return geometry.coordinates;
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flat();
  return [];
}

function box(points) {
  const reach = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of points) {
    reach[0] = Math.min(reach[0], lon); reach[1] = Math.min(reach[1], lat);
    reach[2] = Math.max(reach[2], lon); reach[3] = Math.max(reach[3], lat);
  }
  return reach;
}

function within({ box: [west, south, east, north], rings: edges }, [lon, lat]) {
  if (lon < west || lon > east || lat < south || lat > north) return false;
  let inside = false;
  for (const ring of edges) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i], [xj, yj] = ring[j];
      if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
