"""What the hall's file says of queues and ticket machines reaches the programs."""

import tomllib

import pytest

from hall24.presets import county_hall, one_window
from hallkit.errors import ConfigError
from hallkit.inventory.schema import Hall
from hallkit.runtime.config import parse
from queue_caller.config import machine_table, site_of


def hall(text: str) -> Hall:
    return parse(tomllib.loads(text), Hall)


@pytest.mark.parametrize("first", [True, False])
def test_a_hall_says_whether_a_closed_queue_gives_tickets_for_its_opening(first: bool) -> None:
    text = county_hall().replace('prefix = "H"', f'prefix = "H"\nfirst_at_opening = {str(first).lower()}')
    site = site_of(hall(text))
    assert site.service["H"].first_at_opening is first
    assert site.service["A"].first_at_opening


def test_a_name_is_printed_only_where_the_file_says_so() -> None:
    assert not machine_table(hall(one_window())).name_on_slip
    assert machine_table(hall(one_window() + "\n[ticket_machine]\nname_on_slip = true\n")).name_on_slip


def test_a_fault_of_the_ticket_machines_table_is_told_with_its_path() -> None:
    with pytest.raises(ConfigError, match=r"^ticket_machine\.name_on_slips: unknown key"):
        machine_table(hall(one_window() + "\n[ticket_machine]\nname_on_slips = true\n"))
