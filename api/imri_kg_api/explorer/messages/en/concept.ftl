# A construct.

concept-definition-ours = The definition is in our words, not the authors’.
concept-code = Code { $code }: { $status }.
concept-no-definition = The graph holds no definition of it.
concept-existence-means = Whether the text names the impact, describes it, or the printed count needed it to be split off.
concept-basis-limited = Only statements on these bases are shown: { $basis }.
concept-basis-all = Show all
concept-alternatives = Also called
concept-editorial = Our notes
concept-yes = yes
concept-no = no
concept-not-said = not said

concept-property-locator = Printed in
concept-property-printedDomain = Printed domain
concept-property-exampleTable = Table of examples
concept-property-synthesised = Synthesised in the review
concept-property-entryCount = Studies listed
concept-property-printedReferenceList = Printed references
concept-property-modelAdapts = The model
concept-property-organisationAdapts = The organisation
concept-property-meetsFeatureKind = Meets
concept-property-atLevel = Levels
concept-property-levelBasis = Basis of the levels
concept-property-experiencedBy = Experienced by
concept-property-dataStatus = Data status

concept-place = Place in the hierarchy
concept-siblings = { $n ->
    [one] One more under the same heading
   *[other] { $n } others under the same heading
 }
concept-siblings-top = { $n ->
    [one] One more at the top of the edition
   *[other] { $n } others at the top of the edition
 }
concept-number = { $n } of { $of }

concept-became = What became of it in { $framework }
concept-was = What it was in { $framework }
concept-counterparts = Further counterparts:
concept-all-changes = With its records, among all changes from { $earlier } to { $later }

concept-mappings = Mappings
concept-against = Against every other edition: pairs by state, and records
concept-edition = Edition
concept-state = State
concept-pairs-in = Pairs { $state }
concept-records = Records
concept-none = none
concept-n-basis = { $n } { $basis }
concept-n-exploratory = { $n } exploratory
concept-crosswalk = Crosswalk
concept-row = open
concept-with = with { $framework }
concept-counts-mean = Numbers are pairs of this construct with the constructs of the edition. A pair is mapped, judged not mapped, contested or not assessed.
concept-n-records = { $n ->
    [one] one record
   *[other] { $n } records
 }
concept-not-assessed = No record judges a pair with these editions. Nobody has compared them here. This says neither that something fits nor that nothing does.
concept-partly-judged = partly judged: { $judged } not mapped, { $rest } not assessed
concept-partly-short = partly judged
concept-partly-means = Only single pairs were judged. Nobody judged the construct against the whole edition.
concept-partly-none = No pair was judged.
concept-exploratory = { $n ->
    [one] one record that is not counted
   *[other] { $n } records that are not counted
 }

concept-causal = Causal relations
concept-causal-no-match = These say what contributes to what. They are no matches: nothing here says that the two mean the same.
concept-this = this one
concept-relation-contributesTo = contributes to
concept-relation-moderates = moderates
concept-relation-actsThrough = acts through
concept-relation-associatedWith = is associated with
concept-evidence-kind = evidence: { $kind }

concept-whom = Whom it concerns
concept-valence = Good or bad, and who says so
concept-valence-for = For whom
concept-valence-level = At which level
concept-valence-judge = On whose judgement
concept-valence-basis = On what basis

concept-cases = In the cases
concept-cases-means = Observations of the cases that are coded to this construct. Printed: the study makes the coding. Inferred: we do.
concept-cases-none = No observation in the cases of this release is coded to it. That is no finding about the cases.
concept-cases-narrower = Look at what is narrower
concept-case = Case
concept-printed = Printed
concept-inferred = Inferred
concept-drill = Look closer
concept-by-phase = by phase and valence
concept-matrix = All cases by phase

concept-said = What is said of it
concept-claim-Corroboration = Corroborated by other studies
concept-claim-Corroboration-means = Authors say that other studies, by their printed reference numbers, agree.
concept-claim-NoveltyClaim = Held to be new
concept-claim-NoveltyClaim-means = Authors hold it to be new. This is no negative mapping.
concept-claim-FrameworkLimit = What a framework does not capture
concept-claim-FrameworkLimit-means = Authors say what a framework leaves out. This is no negative mapping.
concept-claim-HarmStatement = Harm
concept-claim-HarmStatement-means = Something had, or could have, a harmful effect.
concept-claim-FalseFriend = False friends
concept-claim-FalseFriend-means = The terms look alike and do not mean the same.
concept-claim-CoverageStatement = Where there were data
concept-claim-CoverageStatement-means = Which sites, types of innovation or groups had data on it, and which had not.
concept-claim-LevelStatement = Levels
concept-claim-LevelStatement-means = The levels that a study or framework covers.
concept-claim-ThemeCoverage = Data under the themes of the review
concept-claim-ThemeCoverage-means = Whether an innovation group gave data to a theme, as far as the table was recovered.
concept-claim-InnovationGroupStatement = Innovations of studies
concept-claim-InnovationGroupStatement-means = Whether an innovation of a study belongs to this group of the review.
concept-claim-SchemeStatement = Statements about whole frameworks
concept-claim-SchemeStatement-means = They do not reach the single members.
concept-claim-InstrumentStatement = Instruments
concept-claim-InstrumentStatement-means = What an instrument measures of it.
concept-claim-Inconsistency = Figures that disagree
concept-claim-Inconsistency-means = Printed figures beside what they add up to.
concept-claim-EditorialStatement = Remarks of ours
concept-claim-EditorialStatement-means = How we read the sources.

concept-evidence = Evidence
concept-evidence-means = Passages on which the construct itself rests, in our words. A quoted fragment helps to find the place.
concept-evidence-more = { $n ->
    [one] One more passage
   *[other] { $n } more passages
 }
concept-evidence-none = No passage is recorded for the construct itself. Its records carry their own.

concept-take = Find your way, and take it home
concept-contents = On this page
concept-explain = Explain
concept-explain-against = Compare with another construct
concept-explain-placeholder = chime:I, or a label
concept-explain-go = Explain
concept-paths = Pathways
concept-paths-from = From here to
concept-paths-to = To here from
concept-paths-go = Show
concept-cite = Cite
concept-cite-means = The works for the edition, and the graph:
concept-cite-answer = Cite this page
concept-cite-edition = BibTeX and CSL-JSON
concept-data = As data
concept-resource = linked data
concept-iri = IRI
concept-sparql = As SPARQL
concept-sparql-means = The stored queries that return what stands here, with this construct filled in:
concept-query-service-properties = What is stated of it
concept-query-service-records = Its mapping records
concept-query-service-claims = What is said of it
concept-query-service-hierarchy = What is broader
concept-query-text = Query { $name }
concept-query-open = Open in SPARQL
concept-query-run = Show the rows
