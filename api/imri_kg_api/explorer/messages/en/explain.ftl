# Why a pair of constructs has its state.

explain-title = Why: { $pair }
explain-heading = Why this pair has its state
explain-drawing = Explanation
explain-start-title = Explain a pair
explain-start-lede = Any two constructs have one of four states. This page says why: whose records there are, what follows from them and by which rule, and why nothing follows where recorded steps lead from one to the other.
explain-form = The two constructs
explain-subject = From
explain-object = To
explain-placeholder = imri:B1, or a label
explain-go = Explain
explain-again = Ask about another pair
explain-swap = The same from the other end
explain-examples = A pair for each kind of answer
explain-example-stated = Authors state it
explain-example-derived = It follows by a rule
explain-example-judged = Judged not mapped
explain-example-routes = Not assessed, but steps lead there
explain-example-causal = Linked, but by a causal relation
explain-example-nothing = Nothing is recorded
explain-example-kind = Kind of answer
explain-example-pair = Pair
explain-example-state = State
explain-example-shown = What the page shows
explain-example-records = { $n ->
    [one] one record
   *[other] { $n } records
 }
explain-example-routes-n = { $n ->
    [one] one route that no rule licenses
   *[other] { $n } routes that no rule licenses
 }
explain-example-causal-n = { $n ->
    [one] one causal relation
   *[other] { $n } causal relations
 }
explain-example-none = no record, and no way from one to the other

explain-trust = What counts
explain-trust-means = Only what is ticked counts; without a tick, every basis does. This can change the state.
explain-exploratory = Count exploratory records
explain-apply = Apply
explain-hides = Only { $basis } counts here.
explain-hides-state = With every basis the pair is: { $state }.
explain-hides-records = { $n ->
    [one] It leaves out one { $basis } record on the pair.
   *[other] It leaves out { $n } { $basis } records on the pair.
 }
explain-hides-routes = { $n ->
    [one] With every basis, one route leads from one to the other.
   *[other] With every basis, { $n } routes lead from one to the other.
 }
explain-state-limited = This is the state when only { $basis } counts.
explain-show-all = Count every basis
explain-exploratory-off = Exploratory records are shown, and do not count.
explain-exploratory-count = Count them
explain-exploratory-on = Exploratory records count here.
explain-exploratory-uncount = Count firm records only

explain-who-curated = Our judgement
explain-who-curated-sure = Our judgement, confidence { $confidence }
explain-who-rests = It rests on
explain-who-derived = By rule { $rule }: { $verb }. It follows from:
explain-picture = As a drawing
explain-records = What is recorded
explain-records-derived = No record says it in this direction. What it follows from stands below.
explain-records-none = Nobody recorded a judgement of this pair.
explain-records-none-basis = No record of a basis that counts here is on this pair.
explain-derivations = What follows by rule
explain-rule = Rule
explain-rule-about = in the table of rules
explain-rule-source = Taken from
explain-premises = Premises
explain-sum = Confidence
explain-sum-inverse = An inverse keeps the confidence of its record: { $first }.
explain-sum-none-inverse = None. The record that it is read from has none.
explain-sum-none = None. A chain has the product of its premises, and one of them has no confidence.
explain-sum-chain = { $first } × { $second } = { $product }, rounded to { $rounded }.
explain-below = Exploratory records
explain-routes = Routes, which are not counted
explain-routes-mean = Each route is made of recorded steps. No rule licenses joining them, so that it is a hypothesis and changes no state.
explain-route = Route { $n }
explain-route-blocked = a rule fits, but a negative record forbids it
explain-routes-none = No other way
explain-causal = Causal relations
explain-causal-no-match = A causal relation says what brings something about. It is never a match, and changes no state.
explain-claims = What is said of both
explain-limits = What the source says of its own limits
explain-limits-n = { $n ->
    [one] One statement
   *[other] { $n } statements
 }
explain-notes = Notes
explain-see = See also
explain-crosswalk = The cell in the crosswalk of { $a } and { $b }
explain-all-of = All records of { $label }
explain-pathways = Paths from the first to the second
explain-pathways-back = Paths from the second to the first
explain-contribute = How to add a judgement
