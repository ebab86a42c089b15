# The words for states, bases, labels and predicates, the same on every page.

state-mapped = mapped
state-mapped-means = A record says that the two correspond. It is asserted or derived by rule.
state-judged_not_mapped = judged not mapped
state-judged_not_mapped-means = A record says that they do not correspond.
state-contested = contested
state-contested-means = There are records for and against, or somebody disputes a record.
state-not_assessed = not assessed
state-not_assessed-means = Nobody has judged the pair. Silence is no answer.
legend-title = Legend: what the signs mean
route = route
route-means = Recorded steps lead from one to the other, but no rule licenses joining them. It is a hypothesis and is not counted.

basis-author-stated = author-stated
basis-author-stated-means = The authors of the source state the relation, in the verb that the record keeps.
basis-curated = curated
basis-curated-means = We judged it from definitions and passages, with a confidence.
basis-derived = derived
basis-derived-means = It follows from other records by a rule that the record names.
exploratory = exploratory
exploratory-means = Curated with a confidence below 0.50. It counts only where you ask for it.

label-printed = printed
label-printed-means = The label is printed in a source at hand.
label-rebuilt = rebuilt
label-rebuilt-means = We rebuilt the label from running text of the source.
label-unconfirmed = unconfirmed
label-unconfirmed-means = No source at hand confirms the label.
mark-ours = ours
mark-ours-means = The sources do not print it; we chose it.
predicate-ours = predicate ours
predicate-ours-means = We chose the relation for the authors’ verb. The source prints no such relation.
legend-editions = Editions

predicate-exactMatch = is the same as
predicate-closeMatch = is close to
predicate-broadMatch = has the broader match
predicate-narrowMatch = has the narrower match
predicate-relatedMatch = is related to
predicate-nothing = corresponds to
predicate-not-exactMatch = is not the same as
predicate-not-closeMatch = is not close to
predicate-not-broadMatch = has not the broader match
predicate-not-narrowMatch = has not the narrower match
predicate-not-relatedMatch = is not related to
nothing-in = nothing in { $framework }

authors-verb = authors’ verb
confidence = confidence
derived-by = Derived by rule { $rule }.
premises = Premises:
anchor-label = look for
to-publisher = to the passage

# Short names of the framework editions, as tags show them.
framework-imri = IMRI
framework-chime = CHIME
framework-cfir-2009 = CFIR 2009
framework-cfir-2022 = CFIR 2022
framework-diffusion = Diffusion
framework-assimilation = Assimilation
framework-logic-model = Logic model
framework-recovery-review = Review 2021

record-more-passages = { $n ->
    [one] and one more passage
   *[other] and { $n } more passages
 }
record-rests-on = from { $basis } records
record-with = With
