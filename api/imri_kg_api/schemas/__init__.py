"""What the replies look like, for OpenAPI and for those who write clients.

The models describe `to_json()` of `imri_kg.model`; replies are not built from them, and the tests compare the two
strictly. Members may be added to a reply in a later release; a client reads what it knows.
"""

from __future__ import annotations

from imri_kg_api.schemas.crosswalks import (
    Cell,
    Coverage,
    CoverageSide,
    CoveredMember,
    Crosswalk,
    Explanation,
    FrameworkLimit,
    Overview,
    OverviewPair,
    PrintedLimitation,
    RecordDerivation,
    Refusal,
    Route,
    RouteStep,
)
from imri_kg_api.schemas.frameworks import (
    Concept,
    Framework,
    FrameworkItem,
    Frameworks,
    Member,
    MemberCounts,
    SearchHit,
    SearchHits,
    Source,
)
from imri_kg_api.schemas.mappings import (
    BasisCounts,
    Counts,
    Derivation,
    LeftOut,
    MappingRecord,
    Mappings,
    PairState,
    SingleRecord,
)
from imri_kg_api.schemas.queries import (
    QueryResult,
    StoredQueries,
    StoredQuery,
)
from imri_kg_api.schemas.server import (
    Candidate,
    Health,
    Problem,
)
from imri_kg_api.schemas.values import (
    CausalRelation,
    Claim,
    Evidence,
    Reference,
)

__all__ = [
    "BasisCounts",
    "Candidate",
    "CausalRelation",
    "Cell",
    "Claim",
    "Concept",
    "Counts",
    "Coverage",
    "CoverageSide",
    "CoveredMember",
    "Crosswalk",
    "Derivation",
    "Evidence",
    "Explanation",
    "Framework",
    "FrameworkItem",
    "FrameworkLimit",
    "Frameworks",
    "Health",
    "LeftOut",
    "MappingRecord",
    "Mappings",
    "Member",
    "MemberCounts",
    "Overview",
    "OverviewPair",
    "PairState",
    "PrintedLimitation",
    "Problem",
    "QueryResult",
    "RecordDerivation",
    "Reference",
    "Refusal",
    "Route",
    "RouteStep",
    "SearchHit",
    "SearchHits",
    "SingleRecord",
    "Source",
    "StoredQueries",
    "StoredQuery",
]
