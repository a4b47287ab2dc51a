"""Runs the program its settings name; on the unix port and CPython: `main.py SETTINGS`."""

import asyncio
import gc
import json
import sys


def hal_of(settings):
    """Return the hardware this runs on."""
    if sys.platform in ("esp32", "rp2"):
        return __import__("hal." + sys.platform, None, None, ["Hal"]).Hal(settings)
    from hal.sim import SimHal

    return SimHal(settings)


async def run(settings):
    """Run the program; a simulated board also hears its panel."""
    errors = __import__("h24.errors", None, None, ["ServiceOpenedError"])
    hal = hal_of(settings)
    app = __import__("apps." + settings["kind"].replace("-", "_"), None, None, ["run"])
    is_heard = settings.get("panel_port") or (settings.get("service_key") and hal.keys_held())
    panel = asyncio.create_task(hal.serve_panel()) if is_heard else None
    try:
        await app.run(settings, hal)
    except errors.ServiceOpenedError:
        hal.let_in()
        return
    except Exception as error:
        print("the program ended:", type(error).__name__, error)
    finally:
        if panel:
            panel.cancel()
    hal.reset()


def main(path, on_trial=False):
    """Read the settings and run; whatever ends, the board starts again."""
    if hasattr(gc, "threshold"):
        gc.threshold(4096)
    with open(path) as file:
        settings = json.load(file)
    settings["on_trial"] = on_trial
    settings["version"] = installed() or settings.get("version", "")
    asyncio.run(run(settings))


def installed():
    """Return the version an update wrote beside the programs, an empty text for those the board came with."""
    try:
        with open(sys.path[0] + "/release") as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    here = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
    sys.path[:0] = [here, here + "/lib"]
    main(sys.argv[1] if len(sys.argv) > 1 else "settings.json")
