"""Screens in memory and on SDL's dummy display."""

import asyncio
import os
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from hallkit.touch.box import Box
from hallkit.touch.pointer import Phase, Touch
from hallkit.touch.screen import Closed, Key, NoScreen, PictureScreen, PygameScreen, ScreenError

SIZE = (108, 192)
RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_a_picture_screen_keeps_only_what_changed() -> None:
    screen = PictureScreen(SIZE)
    screen.show(Image.new("RGB", SIZE, RED))
    screen.show(Image.new("RGB", SIZE, BLUE), [Box(0, 0, 10, 10)])
    assert screen.image.getpixel((5, 5)) == BLUE
    assert screen.image.getpixel((50, 50)) == RED
    screen.show(Image.new("RGB", SIZE, BLUE), [])
    assert screen.version == 2


def test_the_live_page_gets_the_picture_as_png_encoded_once() -> None:
    screen = PictureScreen(SIZE)
    screen.show(Image.new("RGB", SIZE, RED))
    assert screen.png() is screen.png()
    assert Image.open(BytesIO(screen.png())).getpixel((0, 0)) == RED


async def test_a_click_on_the_live_page_is_a_touch() -> None:
    screen = PictureScreen(SIZE)
    screen.tap(5, 6)
    assert [await screen.touched(), await screen.touched()] == [Touch(Phase.DOWN, 5, 6), Touch(Phase.UP, 5, 6)]
    screen.close()
    assert await screen.touched() == Closed()


async def test_the_live_page_waits_for_a_newer_picture() -> None:
    screen = PictureScreen(SIZE)
    waiting = asyncio.create_task(screen.changed(0))
    await asyncio.sleep(0)
    assert not waiting.done()
    screen.show(Image.new("RGB", SIZE, RED))
    assert await waiting == 1


async def test_without_a_display_nothing_is_copied_and_only_the_end_is_heard() -> None:
    screen = NoScreen(SIZE)
    screen.show(Image.new("RGB", SIZE, RED))
    waiting = asyncio.create_task(screen.touched())
    await asyncio.sleep(0)
    assert not waiting.done()
    screen.close()
    assert await waiting == Closed()


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[PygameScreen]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    screen = PygameScreen(SIZE)
    yield screen
    screen.close()


def test_the_display_shows_the_changed_part(display: PygameScreen) -> None:
    assert os.environ["SDL_FRAMEBUFFER_ACCELERATION"] == "0"
    display.show(Image.new("RGB", SIZE, RED))
    display.show(Image.new("RGB", SIZE, BLUE), [Box(0, 0, 10, 10)])
    picture = display.picture()
    assert (picture.getpixel((5, 5)), picture.getpixel((50, 50))) == (BLUE, RED)


async def test_sdl_reports_finger_and_mouse_and_the_program_sees_one_touch(display: PygameScreen) -> None:
    import pygame

    pygame.event.clear()
    finger = {"touch_id": 1, "finger_id": 3, "x": 0.5, "y": 0.5, "dx": 0, "dy": 0, "pressure": 1}
    pygame.event.post(pygame.event.Event(pygame.FINGERDOWN, finger))
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(54, 96), button=1, touch=False))
    pygame.event.post(pygame.event.Event(pygame.FINGERUP, finger))
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=(54, 96), button=1, touch=False))
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_TAB, unicode="\t"))
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    seen = [await asyncio.wait_for(display.touched(), 30) for _ in range(4)]
    assert seen == [Touch(Phase.DOWN, 54, 96), Touch(Phase.UP, 54, 96), Key("tab", "\t"), Closed()]


def test_without_a_display_the_error_says_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "no-such-driver")
    with pytest.raises(ScreenError, match="SDL_VIDEODRIVER"):
        PygameScreen(SIZE)
