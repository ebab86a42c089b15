# Steps between constructs, in the text and in the drawing of explanations and paths.

graph-verb-exactMatch = is the same as
graph-verb-closeMatch = is close to
graph-verb-broadMatch = has the broader match
graph-verb-narrowMatch = has the narrower match
graph-verb-relatedMatch = is related to
graph-verb-contributesTo = contributes to
graph-verb-moderates = moderates
graph-verb-actsThrough = acts through
graph-verb-associatedWith = is associated with
graph-verb-broader = stands below
graph-verb-nothing = nothing in the edition fits
graph-nothing = nothing in it
graph-place = place in the edition

graph-step = Step { $n }
graph-again = Told at step { $n }
graph-turned = The route takes it backwards.
graph-inverse = The record is written from the other end; this is its inverse.
graph-causal = causal, no match
graph-hierarchy-means = A place in the hierarchy of the edition. It is nobody’s judgement.
graph-kind-of-evidence = evidence: { $kind }
graph-record = record
graph-relation = relation
graph-moderated = Moderated by
graph-moderator-strengthens = strengthens this link
graph-moderator-weakens = weakens this link
graph-moderator-none = no direction stated
graph-joint-missing = No rule joins steps { $first } and { $second }.
graph-joint-alone = No rule makes a match of this step.
graph-joint-licensed = Rule { $rule } joins them. It gives: { $gives }.
graph-joint-why = Reason { $letter }
graph-rule-inversion = A { $given } B gives B { $gives } A.
graph-rule-chain = A { $first } B and B { $second } C give A { $gives } C.

graph-reasons = Why no rule joins the steps
graph-reasons-mean = The letter stands in the drawing where a step breaks off, and in the text between the steps.
graph-reason-between = between steps { $first } and { $second }
graph-reason-alone = at step { $n }
graph-reason-about = in the table of rules

graph-key = How to read the drawing
graph-key-solid = What a record or relation says; the number leads to it in the text
graph-key-stated = The same, stated by authors
graph-key-derived = It follows by the rule that is named
graph-key-hierarchy = Place in the hierarchy of an edition
graph-key-exploratory = Exploratory, below 0.50
graph-key-break = No rule joins the step to the one before; the letter leads to the reason
graph-key-joined = A rule joins the two steps
graph-key-negated = Said not to hold
graph-without = The drawing needs scripts. Everything in it is in the text.

graph-js-label = { $name }: drawing with { $nodes } constructs and { $edges } steps. Arrow keys walk along the steps, Enter follows, Escape leaves.
graph-js-edge = { $step }: from { $from } to { $to }, { $whose }
graph-js-exploratory = exploratory
graph-js-moderators = { $n ->
    [one] one moderator
   *[other] { $n } moderators
 }
graph-js-moderated = moderated by { $by }
graph-js-from = Begins here
graph-js-to = Ends here
graph-js-joint = No rule joins steps { $first } and { $second }. { $reason }
graph-js-joint-alone = No rule makes a match of step { $first }. { $reason }
graph-js-download = Download the drawing (SVG)
graph-js-keys = Click a box or a step, or press Tab and use the arrow keys. Enter follows, Escape leaves.
graph-js-failed = The drawing could not be made. Everything in it is in the text.

graph-js-box-hits = { $n ->
    [one] One suggestion
   *[other] { $n } suggestions
 }
graph-js-box-none = Nothing fits. Try fewer words, or a code.
graph-js-box-failed = The search did not answer. A code or a whole label can be sent all the same.
graph-js-box-edition = whole edition
graph-js-box-topic = topic
