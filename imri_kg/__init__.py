"""Frameworks of mental-health recovery and implementation as one linked graph."""

__version__ = "0.1.0"
