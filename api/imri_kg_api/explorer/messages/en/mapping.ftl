# A mapping record, and lists of them.

mapping-title = Mapping record { $id }
mapping-claim = Claim
mapping-record = Record
mapping-state-pair = is the state of the pair, with all records on it.
mapping-state-edition = is the state against { $framework } as a whole: { $mapped } pairs mapped, { $judged } judged not mapped, { $open } not assessed.
mapping-why = Why
mapping-passages = Where it stands
mapping-passages-author-stated = The authors state the relation in these passages. We give them in our words; the quoted fragment finds the place.
mapping-passages-curated = These passages were compared. They do not state the relation; the judgement is ours.
mapping-passages-derived = These are the passages of the records from which it follows.
mapping-comment = Comment
mapping-facts = The record
mapping-predicate = Relation
mapping-negated = said not to hold
mapping-predicate-basis = Who chose the relation
mapping-predicate-ours = We chose this SKOS relation to stand for it. The source prints no such relation.
mapping-predicate-source = The source prints it.
mapping-verb = Authors’ verb
mapping-basis = Basis
mapping-rests-on = It rests on { $basis } records.
mapping-confidence = Confidence
mapping-no-confidence = None is given: what authors state is not weighed by us, and nothing is computed from it.
mapping-justification = How it was made
mapping-justification-ManualMappingCuration-author-stated = Somebody read the passage and wrote down what its authors state.
mapping-justification-ManualMappingCuration-curated = Somebody compared definitions and passages and judged the pair.
mapping-justification-MappingInversion-derived = It is another record read from its object to its subject.
mapping-justification-MappingChaining-derived = It follows from two records, one after the other.
mapping-author = Written by
mapping-nobody = not said
mapping-set = Mapping set
mapping-set-records = { $n ->
    [one] one record
   *[other] { $n } records
 }
mapping-set-download = SSSOM file
mapping-no-set = None. A derived record belongs to the release, not to a set.
mapping-derivation = What it follows from
mapping-follows = What follows from it
mapping-follows-none = No rule derives another record from it.
mapping-rule = Rule
mapping-direction = Direction
mapping-direction-same = the same way
mapping-direction-inverse = from the other end
mapping-direction-edition = a whole edition
mapping-against = What says the opposite
mapping-against-none = No record says the opposite, and nobody disputes it.
mapping-contradiction-record = a record
mapping-contradiction-dispute = a dispute
mapping-same-pair = Other records on the pair
mapping-same-pair-none = It is the only record on the pair.
mapping-see = See also
mapping-crosswalk = The cell in the crosswalk of { $a } and { $b }
mapping-explain = Explain the pair
mapping-all-of = All records of { $label }
mapping-id = Id

mappings-title = Mapping records
mappings-lede = Each record is one claim about two constructs, with whose claim it is and the passages behind it.
mappings-count = { $n ->
    [0] No record on this page
    [one] One record on this page
   *[other] { $n } records on this page
 }
mappings-subject = From construct
mappings-object = To construct
mappings-subject_framework = From edition
mappings-object_framework = To edition
mappings-basis = Bases to trust
mappings-state = State of the pair
mappings-predicate = Relation
mappings-min_confidence = Confidence from
mappings-max_confidence = Confidence to
mappings-source = Source
mappings-exploratory = Count exploratory records
mappings-any = any
mappings-placeholder = imri:B1, or a label
mappings-ends = Which constructs
mappings-view = What decides the states
mappings-narrow = What the list shows
mappings-view-means = Only what is ticked counts; without a tick, every basis does. This changes the states.
mappings-narrow-means = This only shortens the list and changes no state.
mappings-go = List records
mappings-form = Choose records
mappings-chosen = Chosen
mappings-remove = Take away: { $what }
mappings-all = Take all away
mappings-states = States of what was asked about
mappings-states-table = States and pairs
mappings-from = From
mappings-to = To
mappings-left-out = Left out
mappings-left-basis = { $n } { $basis } records, by the limit on the basis
mappings-left-filter = { $n } records, by { $name }
mappings-left-pairs = { $n } pairs would have another state with all bases
mappings-none = No record fits. The states above say what that means: without a record a pair is not assessed.
mappings-none-plain = No record fits what was asked. Take a filter away.
mappings-notes = { $n ->
    [one] One note on this answer
   *[other] { $n } notes on this answer
 }
