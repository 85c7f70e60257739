"""The sample data files: small tables, served as CSV and, where they have points, as GeoJSON too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.invented import COLLECTIONS, FILES, rows, samples, value
from ckanext.harvesters.replay.record_page import record_page
from ckanext.harvesters.replay.server import Portal, json_response, route


class SampleFiles(Portal):
    """Serves ``/files/<name>.csv``, ``/files/<name>.geojson`` made of the same rows, and a page about each sample."""

    name: ClassVar[str] = "files"

    def routes(self) -> Iterable[Rule]:
        """Answer each file by its name, each page by its sample."""
        yield route("/<name>.<form>", self.file)
        yield route("/pages/<key>", self.page)

    def file(self, request: Request, name: str, form: str) -> Response:
        """Answer one file; with an ETag, so that a client may ask whether it changed."""
        table = f"{name}.csv"
        if table not in {path.name for path in FILES.glob("*.csv")}:
            raise NotFound
        response = self._made(table, form)
        response.add_etag()
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        return response.make_conditional(request)

    def page(self, request: Request, key: str) -> Response:
        """Show the page a person sees about a sample."""
        for sample in (sample for name in COLLECTIONS for sample in samples(name)):
            if sample.id == key:
                return record_page(sample.title[sample.language], sample.description[sample.language], sample.language)
        raise NotFound

    @staticmethod
    def _made(table: str, form: str) -> Response:
        if form == "csv":
            return Response((FILES / table).read_bytes(), content_type="text/csv; charset=utf-8")
        if form != "geojson" or "lat" not in rows(table)[0]:
            raise NotFound
        features = []
        for row in rows(table):
            point = [float(row["lon"]), float(row["lat"])]
            properties = {name: value(cell) for name, cell in row.items() if name not in {"lat", "lon"}}
            features.append(
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": properties}
            )
        response = json_response({"type": "FeatureCollection", "features": features})
        response.content_type = "application/geo+json; charset=utf-8"
        return response
