# Resources as linked data.

resource-in-explorer = In the explorer
resource-in-explorer-construct = This construct with its mappings, claims and evidence.
resource-in-explorer-mapping = This record with its evidence and what follows from it.
resource-in-explorer-evidence = This passage with all that rests on it.
resource-in-explorer-source = This source with what could not be recovered.
resource-in-explorer-framework = This edition with its hierarchy.
resource-in-explorer-case = This case with its observations.
resource-deprecated = Deprecated.
resource-replaced-by = Replaced by
resource-own = What is stated of it
resource-property = Property
resource-value = Value
resource-of-what = Of what
resource-without-iri = (without IRI)
resource-members = What is in it
resource-members-cut = { $shown } of { $total } are listed here; the other forms have all.
resource-incoming = What points to it
resource-incoming-cut = { $shown } of the { $total } statements with { $name } are listed.
resource-graphs = Where it comes from
