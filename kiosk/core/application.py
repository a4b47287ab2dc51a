"""The application a session makes: what is checked, what is signed, what is handed in."""

from contract import codec
from contract.case_requests import CheckApplication, SubmitApplication, SupplementCase
from contract.cases import Answer, Applicant, CaseChannel, DeliveryWay, GivenMaterial
from contract.catalogue import GuideMaterial, MaterialWay, Need
from kiosk.core.session import Brought, Choice, Session

NAME, IDENTITY, ADDRESS, PHONE = "applicant-name", "applicant-identity", "applicant-address", "applicant-phone"
"""Fields that a card fills, and the telephone of whoever applies."""

CONSENTED = (MaterialWay.SHARED, MaterialWay.ON_FILE)
"""Ways that need the citizen's consent, given by choosing them."""


def answers_of(session: Session) -> tuple[Answer, ...]:
    """Return the answers that say something, in the form's order."""
    asked = [one.code for one in session.form.fields]
    return tuple(Answer(code=code, value=value) for code in asked if (value := session.form.value(code).strip()))


def given(session: Session) -> tuple[GivenMaterial, ...]:
    """Return the materials as they are handed in."""
    return tuple(
        GivenMaterial(code=one.code, way=one.way, digest=one.digest or None, pages=len(one.pages))
        for one in wanted(session)
        if one.way is not None and one.is_given and not one.is_later
    )


def wanted(session: Session) -> tuple[Brought, ...]:
    """Return how each material that is asked for is brought, in the guide's order."""
    choice = session.choice or Choice()
    return tuple(session.material_of(one.code) for one in choice.materials)


def is_short(session: Session) -> bool:
    """Return whether something must still be brought before the application can be signed."""
    choice = session.choice or Choice()
    return any(not session.material_of(one.code).is_given for one in choice.materials)


def may_follow(material: GuideMaterial) -> bool:
    """Return whether a material may be promised for later."""
    return material.need is Need.DEFERRABLE


def ways_of(material: GuideMaterial) -> tuple[MaterialWay, ...]:
    """Return the ways a kiosk offers to bring a material."""
    offered: list[MaterialWay] = [
        way for way in material.ways if way in (MaterialWay.PHOTO, MaterialWay.SHARED, MaterialWay.FORM)
    ]
    if MaterialWay.SCAN in material.ways and MaterialWay.PHOTO not in offered:
        offered.append(MaterialWay.SCAN)
    if material.need is Need.PROMISABLE:
        offered.append(MaterialWay.PROMISED)
    return tuple(offered)


def check_of(session: Session) -> CheckApplication:
    """Return the question what this application would be answered."""
    choice = session.choice or Choice()
    brought = wanted(session)
    return CheckApplication(
        items=() if choice.kind == "topic" else (choice.code,),
        topic=choice.code if choice.kind == "topic" else None, situation=choice.situation, answers=answers_of(session),
        materials=given(session),
        promises=tuple(one.code for one in brought if one.way is MaterialWay.PROMISED),
        defers=any(one.is_later for one in brought),
    )  # fmt: skip


def application_of(session: Session, signature: str | None = None) -> SubmitApplication:
    """Return the application; ValueError before anybody identified."""
    if session.person is None:
        raise ValueError("nobody has identified yet")
    checked = check_of(session)
    person = session.person
    return SubmitApplication(
        applicant=Applicant(name=person.name, identity=person.identity, phone=session.form.value(PHONE)),
        channel=CaseChannel.KIOSK, items=checked.items, topic=checked.topic, situation=checked.situation,
        answers=checked.answers, materials=checked.materials, promises=checked.promises, defers=checked.defers,
        consents=tuple(one.code for one in checked.materials if one.way in CONSENTED),
        delivery=session.delivery, address=_address(session), signature=signature,
    )  # fmt: skip


def signed_bytes(session: Session) -> bytes:
    """Return the document the signature is given for: the application, whatever way its result is delivered."""
    plain = Session(
        choice=session.choice, person=session.person, form=session.form, brought=session.brought,
    )  # fmt: skip
    return codec.encode_body(application_of(plain))


def matter_bytes(session: Session) -> bytes:
    """Return what makes two tries the same application: who, what and which answers, however often it is scanned."""
    plain = Session(choice=session.choice, person=session.person, form=session.form)
    return codec.encode_body(application_of(plain))


def supplement_of(session: Session) -> SupplementCase:
    """Return what is brought for the case shown; ValueError if none is."""
    if session.case is None:
        raise ValueError("no case is shown")
    return SupplementCase(link=session.case.link, materials=given(session))


def _address(session: Session) -> str:
    if session.delivery is not DeliveryWay.POST:
        return ""
    return session.form.value(ADDRESS) or (session.person.address if session.person else "")
