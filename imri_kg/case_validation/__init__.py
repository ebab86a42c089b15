"""Case tables held against the shapes, and each finding told at its cell."""
