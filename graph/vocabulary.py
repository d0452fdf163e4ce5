"""What reading the network needs of FollowTheMoney's model, as constants.

The model takes half a second to load, and answering needs three facts of it. Whatever builds a
snapshot uses the model itself. `tests/graph/test_vocabulary.py` holds these constants equal to the
installed model; nothing that the model does not say belongs here.
"""

from __future__ import annotations

# Schema with an edge -> the words between its two sides. The spelling is the model's.
EDGE_LABELS = {
    "Associate": "associated with",
    "ContractAward": "awarded to",
    "Control": "controls",
    "CourtCaseParty": "involved in",
    "Debt": "owes",
    "Directorship": "directs",
    "Documentation": "documents",
    "Employment": "works for",
    "Family": "related to",
    "Membership": "belongs to",
    "Occupancy": "holds",
    "Ownership": "owns",
    "Payment": "paid",
    "ProjectParticipant": "participates in",
    "Representation": "represents",
    "Succession": "preceeds",
    "UnknownLink": "linked to",
}
# Schemata whose edge has no direction.
UNDIRECTED_EDGES = frozenset({"Associate", "Documentation", "Family", "UnknownLink"})
# Organisations, and legal entities of which nobody says what they are.
ORGANISATIONS = frozenset({"Company", "LegalEntity", "Organization", "PublicBody"})
