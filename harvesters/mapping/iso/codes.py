"""The code lists of ISO 19115 in the words of the vocabularies we keep. Codes are those of the standard's registry."""

from __future__ import annotations

#: MD_MaintenanceFrequencyCode → EU frequency.
FREQUENCIES = {
    "continual": "CONT", "daily": "DAILY", "weekly": "WEEKLY", "fortnightly": "BIWEEKLY", "semimonthly": "MONTHLY_2",
    "monthly": "MONTHLY", "quarterly": "QUARTERLY", "biannually": "ANNUAL_2", "annually": "ANNUAL",
    "biennially": "BIENNIAL", "asNeeded": "AS_NEEDED", "irregular": "IRREG", "notPlanned": "NOT_PLANNED",
    "unknown": "UNKNOWN",
}  # fmt: skip
#: MD_TopicCategoryCode → EU data themes. Empty: the category is wider than any theme (pipes, cables and waste).
TOPICS: dict[str, tuple[str, ...]] = {
    "farming": ("AGRI",), "biota": ("ENVI",), "boundaries": ("REGI",), "climatologyMeteorologyAtmosphere": ("ENVI",),
    "economy": ("ECON",), "elevation": ("REGI",), "environment": ("ENVI",), "geoscientificInformation": ("ENVI",),
    "health": ("HEAL",), "imageryBaseMapsEarthCover": ("REGI",), "intelligenceMilitary": ("JUST",),
    "inlandWaters": ("ENVI",), "location": ("REGI",), "oceans": ("ENVI",), "planningCadastre": ("REGI",),
    "society": ("SOCI",), "structure": ("REGI",), "transportation": ("TRAN",), "utilitiesCommunication": (),
    "disaster": ("ENVI",), "extraTerrestrial": ("TECH",),
}  # fmt: skip
#: CI_RoleCode, from who publishes to who merely answers the telephone.
ROLES = ("publisher", "owner", "resourceProvider", "custodian", "distributor", "originator", "author",
         "principalInvestigator", "processor", "pointOfContact", "user")  # fmt: skip
#: Levels of description that are datasets (MD_ScopeCode).
DATASETS = frozenset({"dataset", "series", "nonGeographicDataset"})
#: MD_RestrictionCode that keep people out.
CLOSED = frozenset({"restricted", "confidential", "private", "in-confidence", "SBU", "sensitiveButUnclassified"})
#: INSPIRE's code list LimitationsOnPublicAccess: its one value that limits nothing.
NO_LIMITS = ("noLimitations",)
ARTICLE_13 = "INSPIRE_Directive_Article13"
#: CI_OnLineFunctionCode that lead to words about the data, not to the data.
WORDS = frozenset({"information", "search", "completeMetadata", "browseGraphic", "emailService"})
