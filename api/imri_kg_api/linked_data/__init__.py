"""The IRIs of the graph as addresses of this server: what was asked, in which form, and the page for people."""

from __future__ import annotations

from imri_kg_api.linked_data.asking import Asked, Form, read_request
from imri_kg_api.linked_data.pages import resource_page

__all__ = ["Asked", "Form", "read_request", "resource_page"]
