# Observations counted by two dimensions.

matrix-start-title = Table of counts
matrix-lede = Count observations over all cases by two properties. Each number leads to the observations behind it, with their passages.
matrix-title = Observations: { $rows } by { $columns }
matrix-form = What to count
matrix-form-hint = Rows and columns have to differ. Narrow by any other property; several values of one property are joined by “or”.
matrix-rows = Rows
matrix-columns = Columns
matrix-submit = Count
matrix-change = Change rows, columns and filters
matrix-only = Only: { $what }
matrix-options = More options
matrix-only-printed = Only what the source itself codes (printed)
matrix-rollup = Count a construct under all broader ones too
matrix-empty = List rows and columns without any observation
matrix-domain-by = Domain by the authors’ own word for the context
matrix-stakeholder-by = Stakeholders who experience an impact, not who report it
matrix-examples = Tables to begin with
matrix-example-hindered = What hindered, by case and phase
matrix-example-of-dataset = What hindered in each phase, in one study
matrix-example-domains = Barriers and facilitators by domain and case
matrix-example-constructs = Which constructs hindered, by phase
matrix-example-impacts = Which impacts came from which innovation
matrix-example-experienced = Which impacts are experienced by whom
matrix-example-words = Authors’ words for the context against our domains
matrix-dimensions = What can be rows, columns or filters
matrix-by-case = Case
matrix-by-case-means = The case that is told of.
matrix-by-phase = Phase
matrix-by-phase-means = The phase under which the source tells it; “not stated” where it names none.
matrix-by-domain = Domain
matrix-by-domain-means = The domain of our construct, or of the authors’ own word.
matrix-by-construct = Construct
matrix-by-construct-means = The construct to which it is coded.
matrix-by-valence = Helped or hindered
matrix-by-valence-means = Barrier, facilitator or both; positive, negative or mixed for impacts.
matrix-by-stakeholder = Stakeholder group
matrix-by-stakeholder-means = Who reports it, or who experiences an impact.
matrix-by-innovation = Innovation
matrix-by-innovation-means = What was put into practice.
matrix-by-impact = Impact
matrix-by-impact-means = The impact of IMRI to which it is coded.
matrix-by-level = Level
matrix-by-level-means = The level at which an impact is felt.
matrix-by-kind = Kind
matrix-by-kind-means = Determinant, impact, event, assimilation, background.
matrix-by-context-word = Context word
matrix-by-context-word-means = The authors’ own word for the context.
matrix-by-dataset = Study
matrix-by-dataset-means = The dataset of the study.
matrix-by-framework = Framework
matrix-by-framework-means = The edition in which it is coded.
matrix-chips = Filters
matrix-chip-remove = Take away the filter { $what }: { $value }
matrix-count = { $n ->
    [one] One observation
   *[other] { $n } observations
 }: { $printed } printed, { $inferred } inferred
matrix-turn = swap rows and columns
matrix-apart = What is said of a study as a whole, not counted here ({ $n })
matrix-too-large = The table is too large for a page. Take it as CSV below, or narrow it.
matrix-corner = { $rows } / { $columns }
matrix-sum = All
matrix-total = Total
matrix-printed = printed
matrix-printed-means = The source itself codes or places it so.
matrix-inferred = inferred
matrix-inferred-means = One coder inferred the coding from the passage.
matrix-split-short = { $printed } + { $inferred }
matrix-cell = { $row }, { $column }: { $n ->
    [one] one observation
   *[other] { $n } observations
 }, { $printed } printed, { $inferred } inferred
matrix-cell-state = { $row }, { $column }: { $state }
matrix-state-counted = counted
matrix-state-stated_present = stated present (not counted)
matrix-state-stated_absent = stated absent
matrix-state-not_stated = not stated
matrix-short-stated_present = stated present
matrix-short-stated_absent = stated absent
matrix-none-counted = none counted
matrix-split-mean = Small numbers are printed + inferred codings.
matrix-sums-mean = Sums count each observation once, so that they can be smaller than their parts.
matrix-nothing = No observation has both properties with these filters. That says only that none is coded.
matrix-behind = Behind
matrix-behind-none = There is no such cell
matrix-behind-unknown = The table has no row or column { $names } with these filters. Choose a cell of the table.
matrix-close = Close
matrix-statements = What authors state of it
matrix-without-rows = { $n ->
    [one] One observation has no value for the rows and stands in no cell.
   *[other] { $n } observations have no value for the rows and stand in no cell.
 }
matrix-without-columns = { $n ->
    [one] One observation has no value for the columns and stands in no cell.
   *[other] { $n } observations have no value for the columns and stand in no cell.
 }
