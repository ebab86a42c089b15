"""Frameworks of mental-health recovery and implementation as one linked graph.

    >>> import imri_kg
    >>> kg = imri_kg.open()                                              # doctest: +SKIP
    >>> kg.mappings("imri:B1", to="chime").to_dataframe()                # doctest: +SKIP

Every claim says whose it is and shows its evidence. See `docs/python.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(*, rebuild: bool = False) -> KnowledgeGraph:
    """Open the graph of this installation; it is built first where there is none yet.

    Args:
        rebuild: build again even where a sound snapshot exists.

    Raises:
        BuildError: the source files hold faults, all of which it lists.
    """
    from imri_kg.graph import open_graph

    return open_graph(rebuild=rebuild)
