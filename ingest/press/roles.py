"""From the words for a relation to its class, FollowTheMoney schema and direction.

A class is what a proposal is scored by; `tests/ingest/press_labels.md` defines each for labellers.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Role(NamedTuple):
    """A class of relation. `turned`: the sentence's subject is FollowTheMoney's target side."""

    name: str
    schema: str
    turned: bool = False


OWNER = Role("owner", "Ownership")
CONTROLLER = Role("controller", "Control")
PARENT = Role("parent", "Ownership")
LEADS = Role("leads", "Directorship")
LEADS_GROUP = Role("leads", "UnknownLink")
MEMBER = Role("member", "Membership")
EMPLOYEE = Role("employee", "Employment")
AGENT = Role("agent", "Representation")
FAMILY = Role("family", "Family")
ASSOCIATE = Role("associate", "UnknownLink")
ACTS_FOR = Role("acts for", "UnknownLink")
SUPPORTS = Role("supports", "UnknownLink")
FOUNDER = Role("founder", "UnknownLink")
AFFILIATE = Role("affiliate", "UnknownLink")

_OWNER = (
    r"(?:co-|part |part-|majority |sole |beneficial |joint )?owners?|proprietors?|"
    r"(?:majority |minority |sole |principal )?shareholders?|stockholders?"
)
_OFFICES = (
    r"CEO|CFO|COO|chief (?:executive|financial|operating|operations) officers?|managing directors?|"
    r"(?:deputy |executive |general |managing |financial |commercial |assistant |vice |co-)*"
    r"(?:directors?|managers?|presidents?|chair(?:man|men|person|woman)?|vice[- ]chair(?:man)?|"
    r"secretary[- ]general|treasurers?|executives?|administrators?|principals?)|managing partners?|"
    r"members? of (?:the )?board(?: of directors)?|board members?|"
    r"(?:senior |top |deputy |former |high-ranking |overall |spiritual |military |"
    r"operational |founding |de facto )*"
    r"(?:leaders?|commanders?|heads?|chiefs?|emirs?|amirs?|officials?|governors?|"
    r"second-in-command|(?:intelligence |security |finance )?officers?|lieutenants?|admirals?|"
    r"chairs?|secretar(?:y|ies)|deputy)"
)
_FAMILY = (
    r"(?:half-|step)?(?:brothers?|sisters?|sons?|daughters?|father|mother|cousins?|"
    r"nephews?|nieces?|uncles?|aunts?|wife|wives|husband|spouse|siblings?|"
    r"brothers?-in-law|sisters?-in-law|sons?-in-law|father-in-law|relatives?)"
)
_AGENT = (
    r"(?:general sales |freight forwarding |shipping |purchasing |sales |local |"
    r"financial )*agents?|GSAs?|representatives?|envoys?|spokes(?:man|person|men)|"
    r"liaisons?"
)
_ASSOCIATE = (
    r"(?:close |business |longtime |long-time |key )*associates?|(?:business |"
    r"primary |close |key |trading )?partners?|confidants?|advis[oe]rs?|aides?|"
    r"bodyguards?|deput(?:y|ies) to"
)
_SUPPORT = (
    r"financiers?|fundraisers?|supporters?|facilitators?|financial (?:supporter|"
    r"contributor|facilitator)s?|donors?|contributors?|money launderers?|"
    r"fund-raisers?|recruiters?|suppliers?"
)
_PARENT = (
    r"(?:wholly[- ]owned |majority[- ]owned )?subsidiar(?:y|ies)(?: business| compan(?:y|ies))?"
)
_AFFILIATE = (
    r"(?:front|shell|cover) compan(?:y|ies)|fronts?|affiliates?|branch(?:es)?|arms?|"
    r"wings?|divisions?|components?|part|units?|outlets?|elements?|alias(?:es)?"
)
_MEMBER = (
    r"(?:(?:senior|former|founding|key|active|high-ranking|prominent|longtime|"
    r"leading|council|committee) )*members?|operatives?|fighters?|militants?|figures?"
)
_EMPLOYEE = r"employees?|accountants?|staff members?"
_FOUNDER = r"(?:co-)?founders?|creators?"

_KINDS: tuple[tuple[str, Role], ...] = (
    (_FOUNDER, FOUNDER),
    (_PARENT, PARENT._replace(turned=True)),
    (_OWNER, OWNER),
    (_AGENT, AGENT),
    (_FAMILY, FAMILY),
    (_ASSOCIATE, ASSOCIATE),
    (_SUPPORT, SUPPORTS),
    (r"members? of (?:the )?board(?: of directors)?|board members?", LEADS),
    (_OFFICES, LEADS),
    (_EMPLOYEE, EMPLOYEE),
    (_MEMBER, MEMBER),
    (_AFFILIATE, AFFILIATE),
)
ROLE_NOUNS = "(?i:" + "|".join(pattern for pattern, _ in _KINDS) + ")"
_COMPILED = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), role)
    for pattern, role in _KINDS
)
_PREPOSITIONS = {
    "of": {"*"},
    "for": {"agent", "supports", "leads", "affiliate", "employee", "associate"},
    "to": {"family", "associate", "supports", "agent"},
    "in": {"leads", "owner", "member"},
    "at": {"leads", "employee"},
    "with": {"associate"},
    "within": {"leads", "member"},
}

_ADVERBS = (
    r"(?:(?:also|jointly|directly|indirectly|currently|previously|reportedly|"
    r"formerly|wholly|solely|has|have|had|partially|personally|financially|"
    r"materially) )*"
)
VERBS = (
    rf"{_ADVERBS}(?:"
    r"(?:co-)?own(?:s|ed)?(?: and (?:operates?|operated|manages?|managed|controls?|"
    r"controlled|directs?|directed|runs?|ran)\b)?(?: (?:at least |approximately |"
    r"about |over |more than )?\d+(?:\.\d+)? ?(?:percent|%)(?: of)?)?|"
    r"own(?:s|ed)? (?:or|and/or) controls?(?:led)?|"
    r"control(?:s|led)?|manag(?:es|ed)|r[au]ns?|oversees|oversaw|operat(?:es|ed)|"
    r"lead(?:s)?|led|head(?:s|ed)|"
    r"(?:co-)?found(?:ed)|establish(?:ed)|"
    r"works? for|worked for|(?:is|was|are|were|been) employed by|"
    r"works? (?:closely )?with|worked (?:closely )?with|"
    r"acts? (?:for or )?on behalf of|acted (?:for or )?on behalf of|act(?:s|ed) for|"
    r"works? on behalf of|worked on behalf of|"
    r"(?:provid(?:es|ed)|g(?:ives|ave)) (?:[\w,-]+ ){0,6}?support (?:to|for)|financ(?:es|ed)|"
    r"support(?:s|ed)|assist(?:s|ed)|"
    r"belongs? to|belonged to|joined|represent(?:s|ed)"
    r")"
)
_VERB_ROLES: tuple[tuple[str, Role], ...] = (
    (r"own\w* (?:or|and/or) control", OWNER._replace(name="controller")),
    (r"\bown|co-own", OWNER),
    (r"on behalf of|act(?:s|ed) for", ACTS_FOR),
    (r"works? for|worked for|employed by", EMPLOYEE),
    (r"\bworks? |worked ", ASSOCIATE),
    (r"support|financ|assist", SUPPORTS),
    (r"control", CONTROLLER),
    (r"manag|r[au]n|overs|operat|lead|led\b|head", LEADS),
    (r"found|establish", FOUNDER),
    (r"belong|joined", MEMBER),
    (r"represent", AGENT),
)
_BY_ROLES: tuple[tuple[str, Role], ...] = (
    (
        r"owned,? (?:or|and/or) controlled|owned, controlled|owned and controlled",
        OWNER._replace(name="controller", turned=True),
    ),
    (r"owned", OWNER._replace(turned=True)),
    (r"controlled|directed", CONTROLLER._replace(turned=True)),
    (r"founded|established", FOUNDER._replace(turned=True)),
    (r"managed|operated|run|led|headed|overseen|presided", LEADS._replace(turned=True)),
)
_REASON_ROLES = {
    "owned or controlled": Role("controller", "Ownership", turned=True),
    "owns or controls": Role("controller", "Ownership"),
    "acts for": ACTS_FOR,
    "leads": LEADS_GROUP,
    "member": MEMBER,
    "supports": SUPPORTS,
}


def find_role(words: str, how: str) -> list[Role]:
    """The classes that the words name; empty when none is meant.

    Args:
        words: As the sentence has them.
        how: The preposition after a noun, or "verb", "by", "reason".
    """
    if how == "reason":
        return [_REASON_ROLES[words]]
    if how == "by":
        return _each(words, _BY_ROLES)
    if how == "verb":
        return _each(words, _VERB_ROLES)
    allowed = _PREPOSITIONS[how]
    found: dict[str, Role] = {}
    rest = words
    for pattern, role in _COMPILED:
        if pattern.search(rest):
            rest = pattern.sub(" ", rest)
            if "*" in allowed or role.name in allowed:
                found.setdefault(role.name, role)
    if len(found) > 1:
        found.pop("supports", None)  # "a money launderer and employee of"
        found.pop("associate", None)  # the partners of a firm are its owners or officers
    # The words end with a role, or they name something else that has one.
    return list(found.values()) if _COMPILED_END.search(words.strip()) else []


def _each(words: str, kinds: tuple[tuple[str, Role], ...]) -> list[Role]:
    """The first class for each part of "owned and operated"."""
    parts = [words] if re.search(r"\bor\b|, controlled", words) else re.split(r",? and |, ", words)
    found = [next((role for kind, role in kinds if re.search(kind, part)), None) for part in parts]
    return list(dict.fromkeys(role for role in found if role is not None))


_COMPILED_END = re.compile(rf"(?<![\w-]){ROLE_NOUNS}$")
