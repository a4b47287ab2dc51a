"""The catalogue: thirty items and their topics, inspected, versioned, asked once, found as they are typed."""

from datetime import date

import msgspec
import pytest

from contract.catalogue import EntryKind, Need
from hallkit.rules.item_search import ItemSearch
from intake_server.core.cases import plan as plans
from intake_server.core.cases.case_number import case_number, check_case_number, shown
from intake_server.core.cases.catalogue import public_guide
from intake_server.core.cases.errors import CaseNumberError, RefusedError
from intake_server.core.cases.lint import Severity, inspect, levels, publishable

DAY = date(2026, 9, 13)
EVERYTHING = {"is-company": "no", "area-over-50": "yes", "has-sign": "yes", "sells-tobacco": "yes"}


def test_the_demonstration_has_its_items_and_topics(house):
    catalogue = house.office.catalogue
    assert len({one.implementation for one in catalogue.items(DAY)}) == 30
    assert len([one for one in catalogue.entries(DAY) if one.kind is EntryKind.TOPIC]) == 12


def test_the_demonstration_may_be_published(house):
    assert [one for one in inspect(house.office.catalogue, DAY) if one.severity is Severity.ERROR] == []
    flagged = {one.item: one.value for one in inspect(house.office.catalogue, DAY) if one.rule == "promise cut"}
    assert flagged["minimum-living"] == "55 %"
    assert "food-licence" not in flagged


def test_a_field_that_differs_between_levels_is_named(house):
    city = house.office.catalogue.implementations[0]
    county = msgspec.structs.replace(city, level="4", basis="示例法规第二条")
    found = list(levels([city, county], ("name", "kind", "basis", "basic_code")))
    assert [(one.field, "level 4" in one.value) for one in found] == [("basis", True)]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("name", "法律法规规定的其他材料", "catch-all material"),
        ("source", "", "source, form and sample"),
        ("sample", " ", "source, form and sample"),
    ],
)
def test_a_poor_material_keeps_an_item_from_being_published(house, field, value, rule):
    item = house.office.catalogue.at("food-licence", DAY)
    poor = msgspec.structs.replace(item.materials[0], **{field: value})
    broken = msgspec.structs.replace(item, materials=(poor, *item.materials[1:]))
    assert [one.rule for one in publishable(broken)] == [rule]


def test_a_guide_without_one_of_the_four_blocks_cannot_be_published(house):
    item = house.office.catalogue.at("food-licence", DAY)
    blocks = msgspec.structs.replace(item.blocks, fees=" ")
    assert publishable(msgspec.structs.replace(item, blocks=blocks))[0].field == "fees"


def test_a_supplement_may_not_outlast_the_promise(house):
    item = msgspec.structs.replace(house.office.catalogue.at("food-licence", DAY), supplement_days=6)
    assert publishable(item)[0].rule == "supplement within the promise"


def test_citizens_never_see_the_points_to_review(house):
    item = house.office.catalogue.at("food-licence", DAY)
    assert item.materials[0].review_points
    assert b"review_points" not in msgspec.json.encode(public_guide(item))
    guide = plans.topic_guide(house.office.catalogue, "open-restaurant", EVERYTHING, DAY)
    assert len(guide.parts) == 5


def test_a_topic_asks_each_field_and_each_material_once_and_says_what_that_saves(house):
    guide = plans.topic_guide(house.office.catalogue, "open-restaurant", EVERYTHING, DAY)
    fields, materials = [one.code for one in guide.fields], [one.code for one in guide.materials]
    assert len(fields) == len(set(fields))
    assert len(materials) == len(set(materials))
    assert "business-licence" not in materials
    assert (guide.saved.fields_before, guide.saved.fields_after) == (35, 12)
    assert (guide.saved.materials_before, guide.saved.materials_after) == (19, 8)
    assert guide.saved.days_after < guide.saved.days_before


def test_a_shared_material_is_as_strictly_asked_for_as_its_strictest_item(house):
    guide = plans.topic_guide(house.office.catalogue, "open-restaurant", EVERYTHING, DAY)
    assert next(one for one in guide.materials if one.code == "premises-proof").need is Need.REQUIRED


def test_an_answer_changes_the_list(house):
    catalogue = house.office.catalogue
    small = plans.topic_guide(catalogue, "open-restaurant", {**EVERYTHING, "area-over-50": "no"}, DAY)
    assert "fire-promise" not in [one.code for one in small.materials]
    asked = plans.topic_guide(catalogue, "open-restaurant", {}, DAY)
    assert not asked.is_complete
    with pytest.raises(RefusedError, match="bad_answer"):
        plans.topic_guide(catalogue, "open-restaurant", {"has-sign": "maybe"}, DAY)


def test_one_topic_is_one_case_with_a_task_for_each_item(house):
    case = house.submit(topic="open-restaurant", situation=EVERYTHING).case
    assert len(case.items) == 5
    assert len({one.document for one in case.papers}) == 1


@pytest.mark.parametrize("text", ["000000 260913 0000012 6", "000000 260913 0000007 0"])
def test_a_case_number_is_twenty_characters_and_is_shown_in_groups(text):
    number = check_case_number(text)
    assert len(number) == 20
    assert shown(number) == text


def test_one_wrong_or_two_swapped_digits_of_a_case_number_are_found():
    number = case_number("000000", DAY, 12)
    for place in range(19):
        wrong = str((int(number[place]) + 1) % 10)
        with pytest.raises(CaseNumberError):
            check_case_number(number[:place] + wrong + number[place + 1 :])
        if number[place] != number[place + 1] and place < 18:
            with pytest.raises(CaseNumberError):
                check_case_number(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("食品经营", "food-licence"),
        ("shipin", "food-licence"),
        ("spjy", "food-licence"),
        ("SPJYXK", "food-licence"),
        ("开饭店", "open-restaurant"),
        ("woyaokaifandian", "open-restaurant"),
        ("wykfd", "open-restaurant"),
        ("公积金", "housing-fund"),
        ("香烟", "tobacco-licence"),
        ("passport", "passport"),
        ("经营许可 食品", "food-licence"),
        ("食品jy", "food-licence"),
        ("kai fan dian", "open-restaurant"),
    ],
)
def test_an_item_is_found_by_characters_pinyin_initials_and_everyday_words(house, typed, first):
    assert ItemSearch(house.office.catalogue.entries(DAY)).find(typed)[0].code == first


@pytest.mark.parametrize("typed", ["不动产登记", "不动产", "budongchandengji", "bdc", "房产证"])
def test_real_estate_is_found_though_no_item_bears_the_name(house, typed):
    found = {entry.code for entry in ItemSearch(house.office.catalogue.entries(DAY)).find(typed)}
    assert {"house-transfer", "advance-registration"} <= found


def test_every_word_people_use_is_found_by_sound_and_by_letters(house):
    entries = house.office.catalogue.entries(DAY)
    search = ItemSearch(entries)
    for entry in entries:
        for word, spelled in zip(entry.keywords, entry.keyword_pinyin, strict=True):
            assert spelled, f"{word} has no pinyin; run `python -m hall24.pinyin_data`"
            for typed in (word, spelled, spelled.replace(" ", ""), "".join(one[0] for one in spelled.split())):
                assert entry in search.find(typed, most=60), (entry.name, typed)


def test_a_search_begins_with_a_syllable_not_inside_one(house):
    search = ItemSearch(house.office.catalogue.entries(DAY))
    assert search.find("udongchan") == ()


def test_nothing_is_found_for_nothing(house):
    search = ItemSearch(house.office.catalogue.entries(DAY))
    assert search.find(" ") == ()
    assert search.find("zzzz") == ()


def test_five_thousand_items_are_searched_at_every_key(house):
    entries = house.office.catalogue.entries(DAY)
    many = [msgspec.structs.replace(entries[n % len(entries)], code=f"{n}") for n in range(5_000)]
    search = ItemSearch(many)
    found = {typed: len(search.find(typed)) for typed in ("s", "sp", "spj", "食", "食品", "食品经营", "xuke", "q")}
    assert all(found.values()), found
