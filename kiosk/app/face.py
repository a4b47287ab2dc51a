"""What the hall's file says that a kiosk's screens show."""

from hallkit.inventory.schema import DeviceEntry, Hall
from kiosk.core.world import Face


def face_of(hall: Hall, entry: DeviceEntry) -> Face:
    """Return the face of one kiosk of a hall."""
    table, offered = hall.hall, entry.services or tuple(one.id for one in hall.services)
    return Face(
        title=table.title, title_en=table.title_en or table.title, place=table.place,
        number=entry.name.rpartition("-")[2], helpline=table.helpline, public_url=table.public_url.rstrip("/"),
        demo=table.demo,
        queues=tuple((one.id, one.name, one.name_en) for one in hall.services if one.id in offered),
    )  # fmt: skip
