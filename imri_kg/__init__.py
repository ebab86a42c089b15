"""Frameworks of mental-health recovery and implementation as one linked graph.

    >>> import imri_kg
    >>> kg = imri_kg.open()                                              # doctest: +SKIP
    >>> kg.mappings("imri:B1", to="chime").to_dataframe()                # doctest: +SKIP

Every claim says whose it is and shows its evidence. See `docs/python.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import overload

    from imri_kg.graph import KnowledgeGraph
    from imri_kg.remote.graph import RemoteGraph

    @overload
    def open(target: None = None, *, rebuild: bool = False) -> KnowledgeGraph: ...
    @overload
    def open(target: str, *, rebuild: bool = False) -> RemoteGraph: ...

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(target: str | None = None, *, rebuild: bool = False) -> KnowledgeGraph | RemoteGraph:
    """Open the graph of this installation, which is built first where there is none yet, or that of a server.

    Args:
        target: address of a server, such as `http://127.0.0.1:8000`; without it, this installation.
        rebuild: build again even where a sound snapshot exists; only here, never on a server.

    Raises:
        BuildError: the source files hold faults, all of which it lists.
        BadInputError: the target is no address, or a server was asked to build.
        ServerError: no imri-kg server answers there.
    """
    if target is not None:
        from imri_kg.remote.graph import open_remote

        if rebuild:
            from imri_kg.errors import BadInputError

            raise BadInputError("A server builds its graph itself; leave out rebuild=True, or open the graph of this installation.")
        return open_remote(target)
    from imri_kg.graph import open_graph

    return open_graph(rebuild=rebuild)
