"""What an interest of the Beneficial Ownership Data Standard is in the graph: schema, role, share.

A share counts as ownership; votes, boards and influence are control; what a settlor, a beneficiary
or the holder of an unknown interest has is neither, so it is a link with its name. An indirect
interest keeps that word in its role: it repeats the direct ones below it and is never added to
them.

Source: Beneficial Ownership Data Standard 0.4, codelists interestType and directOrIndirect, object
Share; 0.2, codelists interestType and interestLevel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from graph.model import Percentage
from ingest.sources.bods.parts import Part

# 0.2 writes "voting-rights" and names trusts in four types; 0.3 and 0.4 write "votingRights".
_RENAMED = {
    "influenceOrControl": "otherInfluenceOrControl",
    "settlorOfTrust": "settlor",
    "trusteeOfTrust": "trustee",
    "protectorOfTrust": "protector",
    "beneficiaryOfTrust": "beneficiaryOfLegalArrangement",
    "otherInfluenceOrControlOfTrust": "otherInfluenceOrControl",
}
SURPLUS = "rightsToSurplusAssetsOnDissolution"
SHARES = "shareholding"
_SCHEMATA = {
    SHARES: "Ownership",
    SURPLUS: "Ownership",  # what a share is where there are none, in a partnership
    "votingRights": "Control",
    "appointmentOfBoard": "Control",
    "otherInfluenceOrControl": "Control",
    "controlViaCompanyRulesOrArticles": "Control",
    "controlByLegalFramework": "Control",
    "rightsGrantedByContract": "Control",
    "conditionalRightsGrantedByContract": "Control",
    "trustee": "Control",
    "protector": "Control",
    "nominator": "Control",
    "nominee": "Representation",
    "boardMember": "Directorship",
    "boardChair": "Directorship",
    "seniorManagingOfficial": "Directorship",
    "settlor": "UnknownLink",
    "beneficiaryOfLegalArrangement": "UnknownLink",
    "rightsToProfitOrIncome": "UnknownLink",
    "rightToProfitOrIncomeFromAssets": "UnknownLink",
    "enjoymentAndUseOfAssets": "UnknownLink",
    "unknownInterest": "UnknownLink",
    "unpublishedInterest": "UnknownLink",
}
_LEVELS = {"direct": "direct ", "indirect": "indirect ", "unknown": ""}
_KEBAB = re.compile(r"-([a-z])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
NOT_STATED = "interest not stated"


class Interest(NamedTuple):
    """One interest, read."""

    key: str  # type and level: what tells it from the others of the same relationship
    schema: str
    role: str
    share: Percentage | None
    start: str | None
    end: str | None
    notes: tuple[str, ...]
    faults: tuple[str, ...]  # what is not understood
    quote: Mapping[str, Any]


def read_interest(part: Part, *, beside_shares: bool) -> Interest:
    """Read one interest whole.

    Args:
        part: The interest.
        beside_shares: Whether the same relationship states a shareholding: rights to what is left
            at a dissolution then come with the shares and are not counted again.
    """
    stated = part.text("type")
    kind = canonical_type(stated or "")
    level = part.text("directOrIndirect") or part.text("interestLevel") or "unknown"
    faults = []
    if stated and kind not in _SCHEMATA:
        faults.append(f"interest type {stated!r} is not of the standard; a link of this name")
    if level not in _LEVELS:
        faults.append(f"directOrIndirect {level!r} is not of the standard; kept in the role")
    schema = _SCHEMATA.get(kind, "UnknownLink")
    if kind == SURPLUS and beside_shares:
        schema = "UnknownLink"
    words = _CAMEL.sub(" ", kind).lower() if kind in _SCHEMATA else stated
    share, fault = _read_share(part.part("share"))
    if fault:
        faults.append(fault)
    beneficial = part.flag("beneficialOwnershipOrControl")
    notes = [part.text("details")]
    if beneficial is not None:
        notes.append(f"Beneficial ownership or control: {'yes' if beneficial else 'no'}.")
    return Interest(
        key=f"{kind}|{level}", schema=schema,
        role=_LEVELS.get(level, f"{level} ") + (words or NOT_STATED), share=share,
        start=part.text("startDate"), end=part.text("endDate"),
        notes=tuple(filter(None, notes)), faults=tuple(faults), quote=part.raw,
    )  # fmt: skip


def canonical_type(stated: str) -> str:
    """The type as 0.4 writes it.

    Example:
        >>> canonical_type("beneficiary-of-trust"), canonical_type("votingRights")
        ('beneficiaryOfLegalArrangement', 'votingRights')
    """
    camel = _KEBAB.sub(lambda match: match[1].upper(), stated)
    return _RENAMED.get(camel, camel)


def _read_share(part: Part | None) -> tuple[Percentage | None, str | None]:
    """The interval, or what is wrong with it; both None where no share is stated."""
    if part is None:
        return None, None
    stated = dict(part.raw)
    try:
        return _make_share(part), None
    except ValueError as exc:
        return None, f"share {stated!r} is none ({exc}); it is left unknown"


def _make_share(part: Part) -> Percentage | None:
    exact, low, high = (_number(part, name) for name in ("exact", "minimum", "maximum"))
    low, low_open = _bound(part, "exclusiveMinimum", low, lowest=True)
    high, high_open = _bound(part, "exclusiveMaximum", high, lowest=False)
    if exact is not None:
        return Percentage(minimum=exact, maximum=exact)
    if low is None and high is None:
        return None
    low, high = 0.0 if low is None else low, 100.0 if high is None else high
    if low > high or (low == high and (low_open or high_open)):
        raise ValueError("no share fits it")
    return Percentage(minimum=low, maximum=high, minimum_open=low_open, maximum_open=high_open)


def _bound(
    part: Part, name: str, inclusive: float | None, *, lowest: bool
) -> tuple[float | None, bool]:
    """One end and whether it is open: a number of its own, or before 0.3 a flag on the other."""
    flag = part.flag(name)
    if flag is not None:
        return inclusive, flag and inclusive is not None
    exclusive = _number(part, name)
    if exclusive is None:
        return inclusive, False
    if inclusive is None or (exclusive >= inclusive if lowest else exclusive <= inclusive):
        return exclusive, True
    return inclusive, False


def _number(part: Part, name: str) -> float | None:
    text = part.text(name)
    if text is None:
        return None
    number = float(text.rstrip("% "))
    if not 0 <= number <= 100:
        raise ValueError(f"{name} is not within 0 to 100")
    return number
