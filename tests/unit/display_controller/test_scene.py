"""What panels say: calls, states, pages for trouble, and when that changes by itself."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.board import (
    CallOnBoard,
    HallMode,
    PauseReason,
    QueueOnBoard,
    QueueState,
    WindowOnBoard,
    WindowState,
    ZoneBoard,
)
from display_controller.core.compose import compose
from display_controller.core.scene import HallRole, Look, PageScene, Row, TableScene, WindowRole, WindowScene
from display_controller.core.schedule import next_change
from display_controller.core.texts import Language
from hallkit.runtime.clock import SHANGHAI

NOW = datetime(2026, 9, 14, 10, 26, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
HALL = HallRole()
WINDOW = WindowRole(3, ("综合一窗", "General"))


def call(ticket: str, window: int, seconds_ago: float, number: int = 1) -> CallOnBoard:
    return CallOnBoard(call=number, ticket=ticket, window=window, count=1, at=NOW - SECOND * seconds_ago)


def queue(state: QueueState = QueueState.OPEN, service: str = "general", **fields: datetime) -> QueueOnBoard:
    return QueueOnBoard(service=service, state=state, waiting=0, **fields)


def board(**fields: object) -> ZoneBoard:
    usual = {
        "zone": "A",
        "business_day": date(2026, 9, 14),
        "as_of": NOW,
        "mode": HallMode.OPEN,
        "windows": (),
        "queues": (queue(),),
        "calls": (call("A042", 3, 8), call("C018", 15, 40), call("A041", 5, 60)),
    }
    return ZoneBoard(**{**usual, **fields})  # type: ignore[arg-type]


def window_board(state: WindowState, **fields: object) -> ZoneBoard:
    return board(windows=(WindowOnBoard(window=3, state=state, **fields),))  # type: ignore[arg-type]


def table(board_: ZoneBoard, now: datetime = NOW) -> TableScene:
    scene = compose(board_, HALL, now)
    assert isinstance(scene, TableScene)
    return scene


def page(board_: ZoneBoard | None, now: datetime = NOW, role: HallRole = HALL) -> PageScene:
    scene = compose(board_, role, now)
    assert isinstance(scene, PageScene)
    return scene


def window(board_: ZoneBoard | None, now: datetime = NOW, role: WindowRole = WINDOW) -> WindowScene:
    scene = compose(board_, role, now)
    assert isinstance(scene, WindowScene)
    return scene


def test_the_hall_shows_the_newest_call_first_and_inverted() -> None:
    scene = table(board())

    assert scene.rows == (Row("A042", 3, True), Row("C018", 15), Row("A041", 5))
    assert (scene.desk, scene.notice, scene.clock) == ("窗口", "凭号候叫\u3000过号请到导办台", "10:26")


def test_a_ticket_called_again_stands_once_with_its_newest_window() -> None:
    calls = (call("A042", 7, 1), call("C018", 15, 5), call("A042", 3, 9))

    assert table(board(calls=calls)).rows == (Row("A042", 7, True), Row("C018", 15))


def test_the_newest_call_blinks_three_times_then_stays() -> None:
    new = board(calls=(call("A042", 3, 0),))
    lit = [table(new, NOW + SECOND * half / 2).rows[0].inverted for half in range(9)]

    assert lit == [True, False, True, False, True, False, True, True, True]


def test_the_second_five_seconds_of_a_page_are_english() -> None:
    assert table(board(), NOW + SECOND * 4.9).desk == "窗口"
    assert table(board(), NOW + SECOND * 5).notice == "Missed your call?\u3000Ask the guide"
    assert table(board(), NOW + SECOND * 10).desk == "窗口"


def test_a_hall_without_english_stays_chinese() -> None:
    scene = compose(board(), HallRole(languages=(Language.ZH,)), NOW + SECOND * 5)
    assert isinstance(scene, TableScene)
    assert scene.desk == "窗口"


def test_old_data_shows_no_number_but_its_time() -> None:
    old = board(as_of=NOW - SECOND * 180)

    assert page(old) == PageScene("叫号屏正在恢复", "请听广播，号码仍然有效", "数据截至 10:23", framed=True)
    assert isinstance(compose(board(as_of=NOW - SECOND * 29.9), HALL, NOW), TableScene)
    assert window(old).look is Look.STALE
    assert window(old).note == "数据截至 10:23"


def test_before_the_first_board_a_panel_says_it_starts() -> None:
    assert page(None).title == "叫号屏正在启动"
    assert window(None).look is Look.STALE


def test_at_night_the_hall_says_when_desks_open() -> None:
    night = board(mode=HallMode.UNATTENDED, queues=(queue(QueueState.CLOSED, reopens=NOW + timedelta(hours=3)),))

    assert page(night) == PageScene("夜间自助服务中", "窗口 13:26 开始叫号", "已取的号仍然有效", "10:26")
    assert page(night, NOW + SECOND * 5).second == "Desks open 13:26"


def test_an_opening_on_another_day_is_named_and_a_passed_one_is_not() -> None:
    def night(opens: datetime) -> str:
        queues = (queue(QueueState.CLOSED, reopens=opens),)
        return page(board(mode=HallMode.UNATTENDED, queues=queues)).second

    assert night(datetime(2026, 9, 15, 8, 30, tzinfo=SHANGHAI)) == "窗口 明天 8:30 开始叫号"
    assert night(datetime(2026, 9, 21, 8, 30, tzinfo=SHANGHAI)) == "窗口 9月21日 8:30 开始叫号"
    assert night(NOW - SECOND) == ""


def test_an_emergency_goes_before_stale_data_on_every_panel() -> None:
    fire = board(mode=HallMode.EMERGENCY, as_of=NOW - timedelta(hours=1))

    assert page(fire).title == "请马上离开大厅"
    assert window(fire) == WindowScene(Look.EMERGENCY, 3, Language.ZH, big="请马上离开")


def test_a_closing_hall_says_that_tickets_are_still_called() -> None:
    assert table(board(mode=HallMode.CLOSING)).notice == "停止取号\u3000已取的号照常叫"
    assert page(board(mode=HallMode.CLOSING, calls=())).title == "停止取号"


def test_full_services_are_named_in_turn() -> None:
    queues = (queue(QueueState.FULL), queue(service="tax"))
    role = HallRole(services=(("general", ("综合一窗", "General")), ("tax", ("税务", "Tax"))))
    notices = [compose(board(queues=queues), role, NOW + SECOND * s) for s in (0, 10, 20)]

    assert [n.notice for n in notices if isinstance(n, TableScene)] == [
        "凭号候叫\u3000过号请到导办台",
        "综合一窗\u3000今天的号已取完",
        "凭号候叫\u3000过号请到导办台",
    ]
    assert table(board(queues=(queue(QueueState.FULL),))).notice == "今天的号已取完\u3000明天再来取号"


def test_before_the_first_call_the_hall_asks_to_take_a_ticket() -> None:
    assert page(board(calls=())) == PageScene("请先取号", "叫到您的号再去窗口", clock="10:26")


def test_a_calling_window_blinks_its_ticket_and_says_whose_turn_it_is() -> None:
    calling = board(
        windows=(WindowOnBoard(window=3, state=WindowState.CALLING, ticket="A042"),), calls=(call("A042", 3, 0),)
    )
    scenes = [window(calling, NOW + SECOND * s) for s in (0, 0.5, 3.5, 5)]

    assert [scene.big for scene in scenes] == ["A042", "", "A042", "A042"]
    assert [scene.state for scene in scenes] == ["请办理", "请办理", "请办理", "Your turn"]


def test_a_call_from_a_clock_that_is_ahead_is_shown_steadily() -> None:
    calling = board(
        windows=(WindowOnBoard(window=3, state=WindowState.CALLING, ticket="A042"),), calls=(call("A042", 3, -9.4),)
    )
    assert window(calling).big == "A042"


def test_a_calling_window_whose_call_left_the_board_is_steady() -> None:
    assert window(window_board(WindowState.CALLING, ticket="Z001")).big == "Z001"


def test_a_serving_window_shows_its_ticket_and_business() -> None:
    scene = window(window_board(WindowState.SERVING, ticket="A042"))

    assert scene == WindowScene(Look.SERVING, 3, Language.ZH, "综合一窗", "A042", "办理中", "办理中")


def test_a_free_window_asks_for_tickets_only_while_there_are_any() -> None:
    free = (WindowOnBoard(window=3, state=WindowState.FREE),)

    assert window(board(windows=free)).note == "请取号"
    assert window(board(windows=free, queues=(queue(QueueState.FULL),))).note == ""
    assert window(board(windows=free, mode=HallMode.CLOSING)).note == ""


def test_a_paused_window_says_until_when_and_why_but_never_a_time_gone_by() -> None:
    paused = window_board(WindowState.PAUSED, until=NOW + timedelta(minutes=4), reason=PauseReason.MEAL)

    assert window(paused) == WindowScene(
        Look.PAUSED, 3, Language.ZH, "综合一窗", "暂停服务", note="10:30 恢复", detail="正在用餐"
    )
    assert window(paused, NOW + SECOND * 5).note == "Back 10:30"
    fresh = board(windows=paused.windows, as_of=NOW + timedelta(minutes=5))
    assert window(fresh, NOW + timedelta(minutes=5)).note == ""


def test_a_closed_or_unknown_window_says_when_it_opens() -> None:
    queues = (queue(QueueState.CLOSED, reopens=NOW + timedelta(hours=1)),)

    assert window(board(queues=queues)).note == "11:26 开放"
    assert window(window_board(WindowState.CLOSED)).look is Look.CLOSED


MOMENTS = st.floats(-40, 90).map(lambda s: NOW + SECOND * round(s, 3))
CALLS = st.lists(st.tuples(st.sampled_from(["A001", "A002", "C003"]), st.integers(1, 3), MOMENTS), max_size=4)
WINDOWS = st.builds(
    WindowOnBoard,
    window=st.just(3),
    state=st.sampled_from(WindowState),
    ticket=st.sampled_from(["A001", "A002"]),
    until=st.none() | MOMENTS,
    reason=st.none() | st.sampled_from(PauseReason),
)
QUEUES = st.builds(queue, st.sampled_from(QueueState), st.sampled_from(["general", "tax"]), reopens=st.none() | MOMENTS)
BOARDS = st.builds(
    board,
    as_of=MOMENTS,
    mode=st.sampled_from(HallMode),
    windows=st.tuples(WINDOWS),
    queues=st.lists(QUEUES, max_size=2).map(tuple),
    calls=CALLS.map(lambda rows: tuple(CallOnBoard(call=9, ticket=t, window=w, count=1, at=a) for t, w, a in rows)),
)
LANGUAGES = st.sampled_from([(Language.ZH,), (Language.ZH, Language.EN)])
SERVICES = st.sampled_from([(), (("general", ("综合", "General")), ("tax", ("税务", "Tax")))])
ROLES = st.builds(WindowRole, st.just(3), st.just(("综合", "General")), LANGUAGES) | st.builds(
    HallRole, SERVICES, LANGUAGES
)


@given(st.none() | BOARDS, ROLES)
def test_nothing_changes_between_the_moments_the_schedule_names(some: ZoneBoard | None, role: WindowRole) -> None:
    now, scene, due = NOW, compose(some, role, NOW), next_change(some, role, NOW)
    for _ in range(700):
        now += timedelta(milliseconds=100)
        if due is not None and now >= due:
            due = next_change(some, role, now)
            scene = compose(some, role, now)
        assert compose(some, role, now) == scene
        assert due is None or due > now


@pytest.mark.parametrize("role", [HallRole(languages=(Language.ZH,)), WindowRole(3, languages=(Language.ZH,))])
def test_a_panel_in_one_language_without_a_board_waits_for_one(role: HallRole | WindowRole) -> None:
    assert next_change(None, role, NOW) is None


def test_a_serving_window_in_one_language_rests_until_its_data_is_old() -> None:
    role = WindowRole(3, languages=(Language.ZH,))
    serving = window_board(WindowState.SERVING, ticket="A042")

    assert next_change(serving, role, NOW) == NOW + SECOND * 30


ZH_WINDOW = WindowRole(3, languages=(Language.ZH,))
ZH_HALL = HallRole(languages=(Language.ZH,))


def test_the_schedule_names_each_moment_by_itself() -> None:
    paused = window_board(WindowState.PAUSED, until=NOW + SECOND * 12)
    opening = board(queues=(queue(QueueState.CLOSED, reopens=NOW + SECOND * 7),))
    calling = board(
        windows=(WindowOnBoard(window=3, state=WindowState.CALLING, ticket="A042"),), calls=(call("A042", 3, 1.2),)
    )

    assert next_change(paused, ZH_WINDOW, NOW) == NOW + SECOND * 12
    assert next_change(opening, ZH_WINDOW, NOW) == NOW + SECOND * 7
    assert next_change(calling, ZH_WINDOW, NOW) == NOW + SECOND * 0.3
    assert next_change(calling, ZH_HALL, NOW) == NOW + SECOND * 0.3
    assert next_change(calling, WINDOW, NOW + SECOND * 2) == NOW + SECOND * 3.8
    assert next_change(board(as_of=NOW + SECOND * 45), ZH_HALL, NOW + SECOND * 5) == NOW + SECOND * 60
    assert next_change(board(mode=HallMode.EMERGENCY), HALL, NOW) == NOW + SECOND * 5


def test_a_named_day_turns_at_midnight() -> None:
    night = datetime(2026, 9, 14, 23, 59, 50, tzinfo=SHANGHAI)
    opens = board(as_of=night, queues=(queue(QueueState.CLOSED, reopens=night + timedelta(hours=9)),))

    assert window(opens, night, ZH_WINDOW).note == "明天 8:59 开放"
    assert next_change(opens, ZH_WINDOW, night) == night + SECOND * 10
    assert window(opens, night + SECOND * 10, ZH_WINDOW).note == "8:59 开放"
