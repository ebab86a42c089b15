# Crosswalks: the matrix of two editions, the page that chooses them, the drawing and the table.

crosswalk-title = Crosswalk: { $source } and { $target }
crosswalk-rows = Rows
crosswalk-columns = Columns
crosswalk-option = { $mapped } mapped, { $judged } judged not mapped
crosswalk-option-empty = no record at all
crosswalk-go = Show crosswalk
crosswalk-swap = Swap rows and columns
crosswalk-form-svg = SVG
crosswalk-form-png = PNG
crosswalk-form-csv-shown = CSV, as filtered
crosswalk-form-sssom-shown = SSSOM, as filtered
crosswalk-shown-comment = Filtered by its reader: { $what }.
crosswalk-form-bibtex = BibTeX
crosswalk-table = Table for a paper
crosswalk-coverage = Coverage
crosswalk-silent = Nobody has judged any pair of these two editions.
crosswalk-silent-routes = { $n ->
    [0] No recorded steps lead from one to the other either.
    [one] One route of recorded steps leads from one to the other; it is a hypothesis and no mapping.
   *[other] { $n } routes of recorded steps lead from one to the other; they are hypotheses and no mappings.
 }
crosswalk-show-routes = Show the routes
crosswalk-filters-summary = Kinds of construct and filters
crosswalk-filters-mean = The first filters hide pairs and change no state. What counts does: a pair that only records left out judge is then neither mapped nor unassessed, and is told apart.
crosswalk-counting = What counts
crosswalk-set-rows = rows: { $what }
crosswalk-set-columns = columns: { $what }
crosswalk-set-states = only { $what }
crosswalk-set-basis = trusting only what is { $what }
crosswalk-set-sources = resting on { $what }
crosswalk-set-least = confidence at least { $least }
crosswalk-set-exploratory = exploratory records count
crosswalk-set-routes = with routes
crosswalk-set-recorded = without empty rows and columns
crosswalk-filters = What the matrix shows
crosswalk-kinds-row = Kinds in rows
crosswalk-kinds-column = Kinds in columns
crosswalk-states = Show only states
crosswalk-basis = trust only
crosswalk-records = Records
crosswalk-least = Stated confidence at least
crosswalk-any = any
crosswalk-source = Source
crosswalk-exploratory = count exploratory ones
crosswalk-also = Also
crosswalk-routes = show routes
crosswalk-recorded = hide rows and columns without any record
crosswalk-apply = Apply
crosswalk-reset = Show everything
crosswalk-pair = Explain any pair
crosswalk-pair-row = Row
crosswalk-pair-column = Column
crosswalk-pair-go = Explain
crosswalk-legend-basis = The small sign at the corner of a cell is the basis of its strongest record. A number beside a sign counts the pairs of a folded group. A hatched cell is hidden by the filters. Labels in italics are rebuilt or unconfirmed.
crosswalk-key = Columns

crosswalk-hidden = hidden by the filters
crosswalk-same = the same construct
crosswalk-square = { $row }, { $column }: { $state }
crosswalk-said-route = not assessed, a route of recorded steps
crosswalk-fold = Fold { $n } below { $label }
crosswalk-open = Open { $n } below { $label }
crosswalk-folding = Hierarchy:
crosswalk-fold-row = fold all rows
crosswalk-open-row = open all rows
crosswalk-fold-column = fold all columns
crosswalk-open-column = open all columns
crosswalk-region = Crosswalk of { $rows } in rows and { $columns } in columns
crosswalk-pairs = { $rows } × { $columns } = { $n } pairs:
crosswalk-record-counts = Records:
crosswalk-routes-count = { $n ->
    [one] one route
   *[other] { $n } routes
 }
crosswalk-left = Not shown or not counted:
crosswalk-left-records = { $n ->
    [one] one record that is { $basis } is not trusted.
   *[other] { $n } records that are { $basis } are not trusted.
 }
crosswalk-left-pairs = { $n ->
    [one] One pair is judged by them alone.
   *[other] { $n } pairs are judged by them alone.
 }
crosswalk-left-square = judged on a basis that is left out
crosswalk-left-rows = { $n } of { $all } constructs of the rows are not shown.
crosswalk-left-columns = { $n } of { $all } constructs of the columns are not shown.
crosswalk-left-hidden = { $n ->
    [one] One pair is hidden by the filters.
   *[other] { $n } pairs are hidden by the filters.
 }
crosswalk-left-unrated = { $n ->
    [one] One record, which states no confidence, is hidden with them.
   *[other] { $n } records, which state no confidence, are hidden with them.
 }
crosswalk-nothing = Nothing is left to show with these filters.
crosswalk-list-rest = { $n ->
    [0] No other pair is shown.
    [one] One pair is not assessed.
   *[other] { $n } pairs are not assessed.
 }

crosswalk-sum = { $without } of { $total } in { $near } have no recorded counterpart in { $far }:
crosswalk-sum-left = { $n } judged on a basis that is left out.
crosswalk-corner = In the corner of a cell:
crosswalk-sum-split = { $judged } judged against all of it, { $partly } against a part, { $open } not assessed.
crosswalk-gaps = { $near } without a recorded counterpart in { $far }
crosswalk-gaps-sum = { $total } constructs shown: { $mapped } have a counterpart, { $without } have none recorded.
crosswalk-gaps-contested = { $n } are contested.
crosswalk-gap-judged = Judged against all of them: { $n }
crosswalk-gap-judged-means = A record says that nothing in { $far } fits.
crosswalk-gap-partly = Judged against some, not assessed against the rest: { $n }
crosswalk-gap-partly-means = Somebody looked at single pairs, and nobody at the whole of { $far }.
crosswalk-gap-left = Judged on a basis that is left out: { $n }
crosswalk-gap-left-means = There are records of them against { $far }, but none that is trusted here.
crosswalk-gap-open = Not assessed: { $n }
crosswalk-gap-open-means = Nobody has judged them against { $far }. This does not mean that they have no counterpart.
crosswalk-gap-record = the record
crosswalk-number = { $n }
crosswalk-gap-against = judged not mapped to

crosswalk-close = Close
crosswalk-derived = Derived by rule
crosswalk-below = Exploratory, not counted
crosswalk-why-not = Why no rule gives a mapping
crosswalk-beside = Other steps, which no rule licenses
crosswalk-more-routes = { $n ->
    [one] One more route
   *[other] { $n } more routes
 }
crosswalk-causal = Causal relations, which are no matches
crosswalk-explain = Explain this pair in full
crosswalk-who = Anybody who can point to a passage, or who judges from the definitions and says so, can propose a record.
crosswalk-contribute = How to contribute

crosswalk-choose-title = Crosswalks
crosswalk-choose-lede = Choose two editions to see every pair of their constructs: which are mapped, which were judged not to correspond, and which nobody has assessed.
crosswalk-choose-table = Crosswalks that can be shown, with the pairs that are recorded
crosswalk-choose-corner = Rows, then columns
crosswalk-choose-same = same edition
crosswalk-choose-of = of { $n }
crosswalk-choose-rest = Pairs that are not counted here are not assessed. A pair of editions without any record can still be looked at: it may have routes.
crosswalk-choose-coverage = How much is known, and on what basis

crosswalk-drawing-basis = the strongest record of the pair is { $basis }
crosswalk-drawing-italics = italics: the label is rebuilt or unconfirmed
crosswalk-drawing-folded = a number: pairs of a folded group in that state
crosswalk-drawing-release = imri-kg, release { $release }. Data under CC BY 4.0.
crosswalk-drawing-rows = Rows: { $name }.
crosswalk-drawing-columns = Columns: { $name }.

crosswalk-table-title = Crosswalk of { $source } and { $target }
crosswalk-table-lede = One line for each record of a pair that is shown, and one for each construct without any. Whose claim each is stands beside it.
crosswalk-table-construct = Construct
crosswalk-table-relation = Relation
crosswalk-table-counterpart = Counterpart
crosswalk-table-state = State of the pair
crosswalk-table-claim = Whose claim
crosswalk-table-evidence = Evidence
crosswalk-table-record = Record
crosswalk-table-steps = Steps
crosswalk-table-verb = “{ $verb }”
crosswalk-table-confidence = confidence { $value }
crosswalk-table-open = not assessed against { $framework }
crosswalk-table-hidden = judged, but hidden by the filters
crosswalk-table-chosen = Chosen: { $what }.
crosswalk-table-routes-title = Routes between { $source } and { $target }: hypotheses, no mappings
crosswalk-table-routes-mean = Each is a chain of recorded steps that no rule licenses. No pair is mapped by it.
crosswalk-table-sheet = Crosswalk
crosswalk-table-sheet-routes = Routes
crosswalk-table-sheet-cite = How to cite it
crosswalk-table-what = What
crosswalk-table-said = Text
crosswalk-table-address = Permanent address
crosswalk-table-release = Release
crosswalk-table-filters = Filters
crosswalk-table-reference = Reference
crosswalk-form-xlsx = Excel, with citation
crosswalk-form-routes = Routes as CSV
crosswalk-table-then = , then
crosswalk-table-inverse = turned round:
crosswalk-table-routes = Add the routes to the table
crosswalk-table-cite = How to cite it
crosswalk-table-cite-means = The first is this crosswalk as it is filtered here, at an address that gives it again; the works that it rests on follow.
crosswalk-table-styles = as BibTeX, CSL-JSON and APA
crosswalk-back = Back to the matrix

crosswalk-js-loading = Loading.
crosswalk-js-opened = Opened: { $what }
crosswalk-js-closed = The panel is closed.
crosswalk-js-folded = The matrix has { $rows } rows and { $columns } columns now.
crosswalk-js-failed = The server did not answer. Try again.
crosswalk-js-name = { $row }, { $column }: { $state }
