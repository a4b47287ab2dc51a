"""The pinyin beside the catalogue is what its names spell."""

import pytest

pytest.importorskip("pypinyin", reason="pypinyin is not installed: the pinyin data is not checked")


def test_the_pinyin_data_is_not_stale():
    from hall24.pinyin_data import DEMO, FILE, document, names

    assert (DEMO / FILE).read_text("utf-8") == document(names()), "run `python -m hall24.pinyin_data`"
