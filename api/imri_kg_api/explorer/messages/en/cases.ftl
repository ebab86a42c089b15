# The list of cases, one case, several side by side, and cases through another framework.

case-list-title = Cases
case-list-lede = { $n } described efforts to put an innovation into practice, from { $sets } datasets. Every observation has its place in a source.
case-list-heading = All cases
case-examples = Questions to begin with
case-example-assimilation = What hindered in the assimilation phase, in which of the { $n } cases?
case-example-barriers = Barriers by phase and case, in { $n } cases
case-example-as-matrix = as a table of counts
case-example-compare = The { $n } cases side by side
case-example-matrix = Count observations in a table of your own
case-facets-label = Narrow the list of cases
case-facets-fold = Narrow by study, innovation, country, phase, group or what is known
case-facet-dataset = Study
case-facet-innovation = Innovation
case-facet-country = Country
case-facet-covers = Phases covered
case-facet-group = Stakeholder group
case-facet-known = What is known
case-known-determinants = Barriers and facilitators
case-known-impacts = Impacts
case-known-assimilation = Judgements
case-known-gaps = Gaps
case-known-events = Events
case-list-shown = { $n } of { $of } cases
case-name = Case
case-place = Where
case-since = since { $start }
case-none-coded = none coded
case-none-coded-means = None coded means that the dataset holds no such row. It does not say that there was none.
case-own = your own
case-own-means = This dataset comes from the library of this machine or was named when the server started. It is no part of the release.
case-set-says = { $cases ->
    [one] One case
   *[other] { $cases } cases
 }; { $statements ->
    [0] nothing coded about the study as a whole.
    [one] one statement about the study as a whole, kept apart.
   *[other] { $statements } statements about the study as a whole, kept apart.
 }
case-set-coded = Coded in
case-set-source = the source
case-compare-label = Compare cases
case-compare-column = Compare
case-compare-one = Compare { $name }
case-compare-submit = Compare the chosen cases
case-compare-how = Choose two or { $n }.
case-compare-title = { $n ->
    [2] Two cases
   *[other] Three cases
 } side by side
case-compare-asked = { $what }: { $n ->
    [2] two cases
   *[other] three cases
 }
case-compare-short = side by side
case-compare-unknown = There is no case { $names } here. Choose from the list.
case-compare-too-many = Only { $n } cases fit side by side; the first ones are shown.
case-compare-too-few = One case is chosen. Choose one or two more to compare it with.
case-compare-matrix = as a table of counts
case-compare-others = choose other cases
case-compare-table = Barriers and facilitators by phase and domain
case-compare-rest = The rest side by side
case-compare-with = Compare with
case-compare-both = both of them
case-all-through = All cases through another framework

case-not-stated = not stated
case-not-stated-heading = Not stated
case-nothing-here = none coded here
case-nothing-left = Nothing is left by what was chosen. That says only that no such observation is coded.
case-nothing-left-impacts = No impact is left by the filters above. Show all to see whether any is coded.
case-nothing-shown = none by these filters
case-no-phase = Phase not stated
case-phase-suffix = (phase)
case-phase-named = { $phase }
case-phase-no-events = No event is told under this phase.
case-phase-why = On the phase:
case-note = Note:
case-quote = Quote:
case-names = Names
case-sum = All
case-no-construct = Without a construct
case-n-of-valence = { $n } { $valence ->
    [barrier] { $n ->
        [one] barrier
       *[other] barriers
     }
    [facilitator] { $n ->
        [one] facilitator
       *[other] facilitators
     }
    [mixedValence] mixed
   *[other] { $label }
 }
case-n-observations = { $n ->
    [one] one observation
   *[other] { $n } observations
 }
case-n-gaps = { $n ->
    [one] one gap
   *[other] { $n } gaps
 }
case-n-impacts = { $n ->
    [one] one impact
   *[other] { $n } impacts
 }
case-n-events = { $n ->
    [one] one event
   *[other] { $n } events
 }
case-inferred = inferred
case-inferred-means = The source does not code it so. Whoever made the dataset inferred it from the passage.
case-coding-unstated = whose coding is not said
case-alternate = or perhaps
case-second = also coded as
case-context-word = Authors’ word for the context:
case-context-printed = printed with the statement
case-context-carried-forward = carried forward from an earlier sentence
case-context-unknown = not said whether printed here
case-context-disagrees = another domain than our construct
case-experienced-by = Experienced by { $who }.
case-reported-by = Reported by { $who }.
case-informants = Informants { $who }.
case-levels = Level: { $levels }.
case-process-only = From the process of implementing, not from the innovation.
case-filters-label = Narrow the observations
case-filter-phase = Phase
case-filter-valence = Helped or hindered
case-filter-domain = Domain
case-filter-stakeholder = Stakeholder group
case-filter-apply = Show these
case-filter-none = Show all
case-shown = { $n } of { $of } observations

case-legend-n = a number
case-legend-n-means = So many observations are coded. Each has a passage.
case-legend-present = stated present (not counted)
case-legend-present-means = The authors say that there are some, without telling which or how many.
case-legend-absent = stated absent
case-legend-absent-means = The authors say that there are none.
case-legend-blank = not stated, ·
case-legend-blank-means = The source is silent. That is no 0.
case-barrier = barrier
case-barrier-means = It hindered, as the source tells it.
case-mixed = mixed
case-mixed-means = It hindered and helped, or can go either way, as the source tells it. What hindered is asked with it.
case-facilitator = facilitator
case-facilitator-means = It helped, as the source tells it.

case-facts = The case
case-timeline = Timeline
case-told = Barriers and facilitators
case-told-none = No barrier or facilitator is coded for this case. The source tells of it in other ways.
case-coding = { $printed } codings are printed by the source, { $inferred } are inferred.
case-grid = Barriers and facilitators by domain and phase
case-kind-also = Also told: { $kind }
case-said-fold = What the authors say of the study as a whole ({ $n })
case-said-fold-some = What the authors say of the study as a whole ({ $n } of { $of })
case-said-means = These statements bear on several cases or on the study. They are counted for none.
case-said-count = Of { $of ->
    [one] one statement
   *[other] { $of } statements
 } about the study as a whole, kept apart and counted for no case, { $n ->
    [0] none matches these filters
    [one] one matches these filters
   *[other] { $n } match these filters
 }.
case-said-near-count = { $n ->
    [one] One more fits but for what its source does not state, such as a phase.
   *[other] { $n } more fit but for what the source does not state of them, such as a phase.
 }
case-said-read = Read what is said of the study
case-said-near = { $n ->
    [one] This one fits but for what its source does not state:
   *[other] These { $n } fit but for what the source does not state of them:
 }
case-near = { $n ->
    [one] One more observation fits but for what its source does not state, such as a phase.
   *[other] { $n } more observations fit but for what their source does not state, such as a phase.
 }
case-near-show = { $n ->
    [one] Show it too
   *[other] Show them too
 }
case-asked = Only: { $what }.
case-asked-valence = { $what }
case-asked-phase = in { $what }
case-asked-domain = under { $what }
case-asked-stakeholder = told or experienced by { $what }
case-plural = { $valence ->
    [barrier] barriers
    [mixedValence] mixed
    [facilitator] facilitators
   *[other] { $label }
 }
case-and = { $before } and { $last }
case-number = (Case { $n } in the source)
case-row = row
case-row-means = The code of this row in the case tables, under which it can be cited and found in the data files.
case-codings = codings: { $printed } printed by the source, { $inferred } inferred from the passage
case-codings-mean = Printed: the source itself makes the coding. Inferred: whoever made the dataset coded the passage.
case-filter-numbers = Each number says how many observations have the value and fit the other filters.
case-gaps = Compatibility gaps
case-gaps-mean = Where an assumption of the model meets something in the organisation that does not go with it.
case-gaps-none = No compatibility gap is coded for this case.
case-gap-assumption = The model assumes
case-gap-feature = It meets
case-gap-led-to = That led to
case-gap-meets = “{ $assumption }” meets “{ $feature }”
case-assimilation = Assimilation, as judged
case-no-judgement = No judgement on the form of assimilation is entered.
case-judged-by = Judged by { $who }.
case-judgement-time = When: { $time }
case-impacts = Impacts
case-impacts-none = No impact is coded for this case.
case-stated = What the authors state without counting
case-stated-means = Statements about this site as one of several. They say that something is there, and do not say what was observed.
case-stated-fold = { $n ->
    [one] The statement
   *[other] The { $n } statements
 } with evidence
case-participants = Participants
case-participants-printed = Numbers as the source prints them; a 0 here is printed.
case-group = Group
case-number-count = People
case-number-percent = %
case-number-women = Women
case-number-men = Men
case-number-non_binary = Non-binary
case-number-no_answer = No answer
case-number-missing = Missing
case-number-mean_age = Mean age
case-number-age_sd = SD
case-number-shared = Shared
case-dataset = Dataset
case-dataset-creator = Made by
case-dataset-date = Date
case-dataset-licence = Terms
case-files = Data files
case-as-matrix = This case as a table of counts
case-limitations = Limitations that the authors print ({ $n })
case-attribute-setting = Setting
case-attribute-location = Location
case-attribute-country = Country
case-attribute-innovation = Innovation
case-attribute-innovation_group = Innovation group (our judgement)
case-attribute-organisations = Organisations
case-attribute-organisation_type = Type of organisation
case-attribute-funding = Funding
case-attribute-group_served = For whom
case-attribute-selection = Why this case
case-attribute-start = Start
case-attribute-end = End
case-attribute-participants = Participants
case-attribute-interviews = Interviews
case-attribute-documents = Documents

case-through-heading = Through another framework
case-through-says = What another framework sees in the barriers and facilitators of this case.
case-through-title = { $name } through { $framework }
case-through-all-title = All cases through { $framework }
case-through-lede = Barriers and facilitators as another framework sees them, by way of the mappings:
case-through-others = Through another one:
case-ways = How the observations reach the framework
case-way = Way
case-way-none = none
case-way-only = Only: { $ways }.
case-way-mapped = mapped
case-way-mapped-means = A record, stated, judged or derived by rule, leads there.
case-way-contested = contested
case-way-contested-means = There are records for and against.
case-way-route_only = only a route
case-way-route_only-means = Steps lead there that no rule joins. It is a hypothesis, counted apart.
case-way-judged_not_mapped = judged not mapped
case-way-judged_not_mapped-means = A record says that nothing there corresponds.
case-way-not_assessed = not assessed
case-way-not_assessed-means = Nobody has judged it. Silence is no answer.
case-way-coded_in_it = coded in it
case-way-coded_in_it-means = The observation is coded in this framework already.
case-second-short = second coding
case-second-says = Our own second coding in this framework, made without the mappings: { $licensed } observations agree with a mapping, { $route } with a route only, { $neither } with neither.
case-members = What of the framework is reached
case-members-none = Nothing of the framework is reached by a mapping or a route.
case-by-construct = Observations by construct
case-routes = { $n ->
    [one] One route that no rule licenses
   *[other] { $n } routes that no rule licenses
 }
case-as-table = { $what }, as a table
