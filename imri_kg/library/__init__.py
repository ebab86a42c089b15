"""The library of a user's own case datasets: on the user's disk, beside the graph and never in it.

Doors use `Library`; the modules below are its parts and nobody else's.
"""

from imri_kg.library.disk import library_folder
from imri_kg.library.model import DatasetOutcome, Holdings, ImportResult, LibraryDataset
from imri_kg.library.service import Library

__all__ = ["DatasetOutcome", "Holdings", "ImportResult", "Library", "LibraryDataset", "library_folder"]
