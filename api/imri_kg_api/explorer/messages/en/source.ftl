# The sources.

sources-title = Sources
sources-lede = What the graph rests on. Each source says how far it could be read, how much evidence was taken from it, and what could not be recovered.
sources-main = Sources with evidence
sources-without = Sources without evidence yet
sources-named = Works that are only named
sources-named-means = Sources name these works. None was read for the graph, and no evidence is taken from them.
sources-work = Work
sources-at-hand = What was at hand
sources-evidence = Passages
sources-stated = Records its authors state
sources-curated = Curated records
sources-gaps = Known gaps
sources-licence = Licence

source-title = Source { $key }
source-only-named = A work that sources name. It was not read for the graph.
source-no-licence = none looked up
source-not-said = not said
source-citation = Citation
source-frameworks = Editions from it
source-address = Address
source-bears = What it bears
source-bears-count = { $evidence } passages, on which { $rest } things rest: among them { $stated } author-stated, { $curated } curated and { $derived } derived mapping records.
source-bears-exploratory = { $n } more are exploratory.
source-records = List the records
source-digests = Text that was read (SHA-256)
source-missing = What could not be recovered
source-gaps = Known gaps
source-gap = Missing
source-meanwhile = Meanwhile
source-filled-by = Would be filled by
source-parts = Parts
source-part = Part
source-recovery = Recovered
source-remarks = Remarks
source-named-by = Where it is named
source-evidence = Evidence by section
source-evidence-means = What each passage says, in our words.
source-evidence-none = No passage of it is recorded.
source-rest = { $n ->
    [0] nothing rests on it
    [one] one thing rests on it
   *[other] { $n } things rest on it
 }
