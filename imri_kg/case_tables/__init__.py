"""Case tables: from rows of a spreadsheet to a graph of cases that remembers its cells, and back.

Columns come from the shapes in `shapes/case-*.ttl`, codes from the graph. Called by validation, by the build (reference
cases) and by the library of a user's own datasets. Nothing here runs a SHACL engine or writes a message.
"""
