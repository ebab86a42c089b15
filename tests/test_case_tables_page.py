"""The page on case tables says what the shapes say."""

from __future__ import annotations

import re
from pathlib import Path

from imri_kg.case_tables.columns import case_shapes, read_case_model
from imri_kg.case_tables.describing import describe, renewed, rules
from imri_kg.validation import constraint_names

PAGE = Path(__file__).parents[1] / "docs" / "case-tables.md"


def test_the_page_holds_exactly_what_the_shapes_say() -> None:
    shapes = case_shapes()
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page, describe(read_case_model(shapes), shapes)) == page, "renew it: python -m imri_kg.case_tables.describing docs/case-tables.md"


def test_every_constraint_is_a_column_or_a_rule_of_the_page() -> None:
    shapes = case_shapes()
    columns = {c.shape for s in read_case_model(shapes).sheets for c in s.columns}
    ruled = {"https://w3id.org/imri-kg/id/" + r.shape.replace("shape:", "shape/") for r in rules(shapes)}
    assert len(columns) > 120
    assert len(ruled) > 50
    assert set(constraint_names(shapes)) == columns | ruled


def test_the_source_of_every_shape_is_a_heading_of_the_page() -> None:
    headings = {h.lower().replace(" ", "-") for h in re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)}
    model = read_case_model(case_shapes())
    sources = {c.source.split("#")[1] for s in model.sheets for c in s.columns}
    assert sources == {s.key for s in model.sheets}
    assert sources <= headings
