"""The sample data files: small tables, served as CSV and, where they have points, as GeoJSON too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.invented import FILES, rows, value
from ckanext.harvesters.replay.server import Portal, json_response, route


class SampleFiles(Portal):
    """Serves ``/files/<name>.csv``, and ``/files/<name>.geojson`` made of the same rows."""

    name: ClassVar[str] = "files"

    def routes(self) -> Iterable[Rule]:
        """Answer each file by its name."""
        yield route("/<name>.<form>", self.file)

    def file(self, request: Request, name: str, form: str) -> Response:
        """Answer one file; with an ETag, so that a client may ask whether it changed."""
        table = f"{name}.csv"
        if table not in {path.name for path in FILES.glob("*.csv")}:
            raise NotFound
        response = self._made(table, form)
        response.add_etag()
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        return response.make_conditional(request)

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
