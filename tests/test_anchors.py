"""Text anchors are looked up by the digest of their text; what cannot be looked up is said, never passed over."""

from __future__ import annotations

import hashlib

import pytest

from imri_kg.anchors import Anchor, check_anchors, letters_and_digits, read_texts
from imri_kg.errors import ValidationError

TEXT = "The impact “coming out of one’s shell” was de-\nscribed by 21 service\nusers, their well-being included.\n"
DIGEST = "sha256:" + hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.fixture
def folder(tmp_path):
    below = tmp_path / "texts" / "any name"
    below.mkdir(parents=True)
    (below / "a.txt").write_text(TEXT, encoding="utf-8")
    (below / "other.bin").write_bytes(b"\xff\xfe\x00")
    return tmp_path / "texts"


def test_a_text_is_found_by_its_digest_whatever_its_name(folder):
    assert set(read_texts(folder, [DIGEST])) == {DIGEST}


@pytest.mark.parametrize(
    "words",
    ["“coming out of one’s shell”", '"coming out of one\'s shell"', "was described by 21", "service users", "well-\nbeing"],
)
def test_quotation_marks_and_broken_words_make_no_difference(folder, words):
    report = check_anchors([Anchor("evidence:a", words, DIGEST)], folder)
    assert (len(report.found), report.total) == (1, 1)


def test_an_anchor_that_is_not_in_its_text_is_missing(folder):
    wrong = Anchor("evidence:a", "was described by 22", DIGEST)
    report = check_anchors([wrong, Anchor("evidence:b", "service users", DIGEST)], folder)
    assert report.missing == (wrong,)
    assert report.to_json() == {
        "found": 1,
        "total": 2,
        "missing": [{"evidence": "evidence:a", "anchor": "was described by 22", "digest": DIGEST}],
        "without_text": 0,
        "without_digest": 0,
    }


def test_an_anchor_of_punctuation_only_is_missing(folder):
    assert len(check_anchors([Anchor("evidence:a", "“…”", DIGEST)], folder).missing) == 1


def test_anchors_without_a_text_or_a_digest_are_counted_apart(folder):
    other = Anchor("evidence:b", "service users", "sha256:" + "0" * 64)
    never = Anchor("evidence:c", "service users")
    report = check_anchors([Anchor("evidence:a", "service users", DIGEST), other, never], folder)
    assert (report.without_text, report.without_digest, report.total) == ((other,), (never,), 1)


def test_a_folder_without_any_of_the_texts_is_an_error(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT + " ", encoding="utf-8")
    with pytest.raises(ValidationError, match="byte for byte"):
        check_anchors([Anchor("evidence:a", "service users", DIGEST)], tmp_path)


def test_a_folder_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(ValidationError, match="no folder"):
        read_texts(tmp_path / "nowhere", [DIGEST])


def test_no_anchor_with_a_digest_means_that_nothing_was_examined(folder):
    with pytest.raises(ValidationError, match="Nothing was examined"):
        check_anchors([Anchor("evidence:a", "service users")], folder)


def test_letters_of_other_scripts_and_ligatures_are_kept():
    assert letters_and_digits("Montréal, Québec: ﬁrst") == "montréalquébecfirst"
