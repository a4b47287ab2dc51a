"""The centre put together from a hall's file, on the hall's own broker with the rights of the inventory."""

import asyncio
import logging
import random
from dataclasses import replace

import httpx
import pytest

from contract.topics import Channel
from hall24.presets import county_hall
from hallkit.broker.acl import Acl
from hallkit.broker.passwords import Passwords, hash_password
from hallkit.broker.server import Broker
from hallkit.errors import ConfigError
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import users
from hallkit.inventory.start import Start
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.config import load
from hallkit.runtime.device import Device
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.writer import InlineWriter
from intake_server.app.build import centre, intake_config
from intake_server.web.pages import build


def county(tmp_path) -> Hall:
    path = tmp_path / "hall.toml"
    path.write_text(county_hall(run=str(tmp_path / "run")) + "\n[intake]\nweb = false\n", "utf-8")
    return load(path, Hall)


async def test_the_centre_of_a_halls_file_hears_its_devices_within_its_rights(tmp_path, caplog):
    hall = county(tmp_path)
    passwords = {name: f"secret of {name}" for name in users(hall)}
    hashes = {name: hash_password(word.encode(), b"salt", 1) for name, word in passwords.items()}
    chance = random.Random(1)
    with caplog.at_level(logging.WARNING):
        async with Broker(Acl(grants(hall)), Passwords(hashes).identify) as broker:
            links = mqtt_links(broker.host, broker.port, chance)
            app = centre(Start(hall, passwords, SystemClock(), chance, links), InlineWriter())
            pad = hall.address("pad-03")
            device = Device(pad, passwords["pad-03"], links=links, clock=SystemClock(), chance=chance)
            tasks = [asyncio.create_task(job()) for job in (app.run, device.run)]
            async with asyncio.timeout(60):
                while pad not in app.hall.devices:
                    await app.notice.after(app.notice.version)
            assert app.device.link.publish(hall.address("uplink").topic(Channel.ACK), b"{}")
            await asyncio.sleep(0.1)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    assert [one.getMessage() for one in caplog.records if "refus" in one.getMessage()] == []
    transport = httpx.ASGITransport(app=build(app.site()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        text = (await client.get("/")).text
    assert hall.hall.title in text
    assert "评价器" in text


def test_the_database_lies_in_the_run_folder_and_the_public_host_may_be_used(tmp_path):
    hall = county(tmp_path)
    public = replace(hall, hall=replace(hall.hall, public_url="https://hall.example:8443"))
    config = intake_config(public)
    assert config.database == f"sqlite:///{tmp_path / 'run' / 'intake.db'}"
    assert "hall.example" in config.allowed_hosts
    assert config.host == "127.0.0.1"


def test_a_wrong_setting_is_named_with_its_path(tmp_path):
    hall = replace(county(tmp_path), intake={"prt": 1})
    with pytest.raises(ConfigError, match=r"intake\.prt: unknown key"):
        intake_config(hall)
