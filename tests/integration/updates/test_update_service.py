"""Devices that update themselves from the service: all goes well, the gate fails, the power goes, somebody lies."""

import json
from pathlib import Path

import pytest
from update_rig import FILES, KIND, NAMES, NEW, NIGHT, OLD, NightClock, bad, good, plan, release, serving

from firmware.updates.app.service import ORDERS, UpdateService, kept_rollouts
from firmware.updates.core.rollout import Stage
from firmware.updates.drivers.order_box import Order, OrderBox
from firmware.updates.drivers.release_store import Withdrawal
from firmware.updates.errors import RolloutError
from simulators.update_client import request


class PowerCutError(Exception):
    """The power went."""


async def test_every_device_is_updated_canary_first_and_says_so(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        clients = {name: rig.client(name, good) for name in NAMES}
        assert [await clients[name].poll() for name in NAMES] == ["kept", "kept", "kept", "kept"]
        assert await clients["pad-01"].poll() == "idle"
        assert rollout.finished
        assert {client.version for client in clients.values()} == {NEW}
        assert (tmp_path / "devices" / "pad-02" / "b" / "main.mpy").read_bytes() == FILES["main.mpy"]


async def test_before_the_canary_has_ended_nobody_else_is_offered_anything(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rig.service.open(plan(), "technician")
        assert await rig.client("pad-02", good).poll() == "idle"


async def test_a_release_that_does_not_prove_itself_is_left_reported_and_stops_the_rollout(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        canary = rig.client("pad-01", bad)
        assert await canary.poll() == "returned"
        assert canary.version == OLD
        assert rollout.at("pad-01").why == f"{NEW} did not prove itself, back to {OLD}"
        assert await rig.client("pad-02", good).poll() == "idle"
        assert "canary pad-01" in rollout.stopped


@pytest.mark.parametrize("after", [1, 4_096, 9_000, 20_000])
async def test_a_cut_in_the_download_leaves_the_old_release_and_is_made_good(tmp_path: Path, after: int) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rig.service.open(plan(), "technician")
        client = rig.client("pad-01", good)

        def cut(received: int) -> None:
            if received >= after:
                raise PowerCutError

        client.cut = cut
        with pytest.raises(PowerCutError):
            await client.poll()
        assert client.version == OLD
        again = rig.client("pad-01", good)
        assert await again.poll() == "kept"
        assert again.version == NEW
        assert again.received < sum(len(data) for data in FILES.values()) + 10_000 - after // 2


async def test_a_cut_while_the_release_is_on_trial_is_judged_after_the_start(tmp_path: Path) -> None:
    async def dies(_: str) -> bool:
        raise PowerCutError

    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        with pytest.raises(PowerCutError):
            await rig.client("pad-01", dies).poll()
        assert rollout.at("pad-01").stage is Stage.TAKEN
        assert await rig.client("pad-01", good).poll() == "kept"
        assert rollout.at("pad-01").stage is Stage.DONE


async def test_a_service_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rig.service.open(plan(), "technician")
        assert await rig.client("pad-01", good).poll() == "kept"
    path = tmp_path / "rollouts" / "r1.jsonl"
    path.write_bytes(path.read_bytes() + b'{"number":9,"before":"')
    async with serving(tmp_path) as rig:
        assert [await rig.client(name, good).poll() for name in NAMES] == ["idle", "kept", "kept", "kept"]
        assert rig.service.rollouts[0].at("pad-01").action == 1


async def test_a_rollout_that_is_stopped_calls_back_who_has_begun(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        client = rig.client("pad-01", good)

        def cut(_: int) -> None:
            raise PowerCutError

        client.cut = cut
        with pytest.raises(PowerCutError):
            await client.poll()
        rig.service.order("r1", "stop", "technician")
        assert await rig.client("pad-01", good).poll() == "cancelled"
        assert rollout.at("pad-01").why == "cancelled"


async def test_a_withdrawn_release_is_offered_to_nobody_any_more(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        when = rig.service.rollouts[0].plan
        rig.service.store.withdraw(when.kind, when.chip, when.version, Withdrawal(NIGHT, "wrong strings"))
        assert await rig.client("pad-01", good).poll() == "idle"
        assert "wrong strings" in rollout.stopped


@pytest.mark.parametrize(("token", "tenant", "status"), [
    ("", "demo", 401), ("TargetToken ", "demo", 401), ("TargetToken nonsense", "demo", 401),
    ("GatewayToken {}", "demo", 401), ("TargetToken {}", "other", 404), ("TargetToken {}", "demo", 200),
])  # fmt: skip
async def test_a_device_is_let_in_with_its_own_token_only(tmp_path: Path, token: str, tenant: str, status: int) -> None:
    async with serving(tmp_path) as rig:
        headers = {"Authorization": token.format(rig.tokens.of("pad-01"))}
        found = await request("GET", f"{rig.address}/{tenant}/controller/v1/pad-01", b"", headers)
        assert found.status == status
        other = await request("GET", f"{rig.address}/{tenant}/controller/v1/pad-02", b"", headers)
        assert other.status in (401, 404)


async def test_a_board_fetches_below_its_own_address_and_nobody_elses(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        rig.service.there = frozenset(NAMES)
        rig.service.look()
        word = rig.service.capability("pad-01", rollout.at("pad-01").action)
        root = f"{rig.address}/demo/fetch"
        manifest = await request("GET", f"{root}/{word}/manifest.json", b"", {})
        assert json.loads(manifest.body)["kind"] == KIND
        assert rollout.at("pad-01").stage is Stage.TAKEN
        assert (await request("GET", f"{root}/{word}/h24/outbox.mpy", b"", {})).body == FILES["h24/outbox.mpy"]
        for wrong in (f"{word}0", word.replace("pad-01", "pad-02"), "pad-01.1.", "x", "pad-01.9." + word[-32:]):
            assert (await request("GET", f"{root}/{wrong}/manifest.json", b"", {})).status == 404
        for wrong in ("../tokens.json", "%2e%2e/tokens.json", "none.mpy", ""):
            assert (await request("GET", f"{root}/{word}/{wrong}", b"", {})).status == 404
        rig.service.ended(rig.service.action("pad-01"))  # type: ignore[arg-type]
        assert (await request("GET", f"{root}/{word}/manifest.json", b"", {})).status == 404


async def test_a_file_is_sent_in_parts(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        rig.service.polled("pad-01")
        url = f"{rig.address}/demo/fetch/{rig.service.capability('pad-01', rollout.at('pad-01').action)}/main.mpy"
        whole = await request("GET", url, b"", {})
        part = await request("GET", url, b"", {"Range": "bytes=19990-", "If-Range": whole.headers["etag"]})
        assert (part.status, part.body) == (206, b"inmainmain")
        assert part.headers["content-range"] == "bytes 19990-19999/20000"
        assert (await request("GET", url, b"", {"Range": "bytes=5-9", "If-Range": '"other"'})).status == 200
        assert (await request("GET", url, b"", {"Range": "bytes=20000-"})).status == 416


async def test_feedback_on_something_that_is_over_or_never_was_is_told_apart(tmp_path: Path) -> None:
    release(tmp_path)
    async with serving(tmp_path) as rig:
        rollout = rig.service.open(plan(), "technician")
        assert await rig.client("pad-01", good).poll() == "kept"
        headers = {"Authorization": f"TargetToken {rig.tokens.of('pad-01')}"}
        said = json.dumps({"status": {"execution": "closed", "result": {"finished": "failure"}}}).encode()
        root = f"{rig.address}/demo/controller/v1/pad-01/deploymentBase"
        assert (await request("POST", f"{root}/1/feedback", said, headers)).status == 410
        assert (await request("POST", f"{root}/77/feedback", said, headers)).status == 404
        assert (await request("POST", f"{root}/1/feedback", b"{", headers)).status == 400
        assert rollout.at("pad-01").stage is Stage.DONE


async def test_an_order_that_waits_is_carried_out_and_a_wrong_one_stalls_nobody(tmp_path: Path) -> None:
    release(tmp_path)
    box = OrderBox(tmp_path / ORDERS)
    for one in (Order("r1", "begin", "technician", plan()), Order("r9", "stop", "x"), Order("r1", "pause", "x")):
        box.put(one)
    async with serving(tmp_path) as rig:
        assert await rig.client("pad-01", good).poll() == "idle"
        assert [one.paused for one in kept_rollouts(tmp_path)] == [True]
        box.put(Order("r1", "resume", "technician"))
        assert await rig.client("pad-01", good).poll() == "kept"
        assert not list((tmp_path / ORDERS).glob("*.json"))


async def test_two_services_never_work_in_one_folder(tmp_path: Path) -> None:
    async with serving(tmp_path) as rig:
        with pytest.raises(RolloutError, match="another update service"):
            UpdateService(tmp_path, rig.service.store, NightClock(), b"")
