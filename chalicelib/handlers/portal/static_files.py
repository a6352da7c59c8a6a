"""Static files of a portal. Their names change with their content, so a browser never has to ask again."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.auth.guards import PORTAL
from chalicelib.auth.surface import SurfaceName
from chalicelib.handlers.operation import operation
from chalicelib.handlers.portal.html import YEAR
from chalicelib.portal.static import static_files


def serve_static(routes: Blueprint, surface: SurfaceName) -> None:
    """Serve them under /<surface>/static/<name>."""

    @routes.route(f"/{surface}/static/{{name}}", methods=["GET"])
    @operation(PORTAL, "A static file of the portal")
    def get_static_file(name: str) -> Response:
        found = static_files().get(name)
        if found is None:
            return Response(
                "", headers={"Content-Type": "text/plain", "Cache-Control": "no-store"}, status_code=404
            )
        return Response(found.content, headers={"Content-Type": found.media_type, **KEPT})


KEPT: dict[str, str | list[str]] = {
    "Cache-Control": f"public, max-age={YEAR}, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
