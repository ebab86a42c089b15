# Paths from one construct, topic or edition to another.

pathways-title = Paths: { $source } to { $target }
pathways-heading = Paths from one to the other
pathways-drawing = Paths
pathways-start-title = Pathways
pathways-start-lede = From an innovation over mechanisms and recovery processes to impacts: which recorded steps lead there, who states each of them, and where nobody says that one leads on to the next.
pathways-not = What a path is not
pathways-not-proof = A path is no proof that anything has an effect. It is a list of recorded steps, put end to end by us.
pathways-not-chain = Where no rule joins two steps, that the first leads on to the second is a hypothesis, even when authors state both.
pathways-not-silence = No path means that none is recorded. It does not mean that there is no effect.
pathways-not-kind = Look at each step: who states it, in which verb, and on what kind of evidence. An association is no cause.

pathways-form = Which paths
pathways-from = From
pathways-to = To
pathways-placeholder-from = review:G5, a label, or an edition
pathways-placeholder-to = imri, chime:H, or a label
pathways-max_steps = Steps at most
pathways-via = Through a construct of
pathways-basis = Bases to trust
pathways-hypotheses = Show paths in which authors state no step
pathways-exploratory = Walk exploratory steps too
pathways-hierarchy = Walk up and down the hierarchy too
pathways-go = Find paths
pathways-more-choices = More choices
pathways-change = Change the question
pathways-swap = The other way round
pathways-ends-offered = A construct by label or code, a whole edition by its key, or a topic that a causal relation names.

pathways-groups = From each innovation group of the 2021 review to the impacts
pathways-group = Innovation group
pathways-n-stated = Paths with a step that authors state
pathways-n-hidden = Curators’ hypotheses, hidden
pathways-n-exploratory = Left out as exploratory
pathways-show = Paths
pathways-examples = Examples
pathways-example-group = Over a mechanism and a recovery process to an impact
pathways-example-edition = From anything in the 2021 review to any impact
pathways-example-topic = A topic that authors name, to the recovery processes
pathways-example-moderated = Links that are moderated
pathways-example-hidden = Only curators’ hypotheses
pathways-example-none = No path
pathways-example-finds = { $paths ->
    [0] no path listed
    [one] one path
   *[other] { $paths } paths
 }{ $hidden ->
    [0] {""}
    [one] , one hypothesis hidden
   *[other] , { $hidden } hypotheses hidden
 }

pathways-count = Paths { $first } to { $last } of { $total }.
pathways-count-all = { $total ->
    [0] No path is listed.
    [one] One path.
   *[other] { $total } paths, all on this page.
 }
pathways-hidden = { $n ->
    [one] One path is a curators’ hypothesis: authors state no step of it. It is hidden.
   *[other] { $n } paths are curators’ hypotheses: authors state no step of them. They are hidden.
 }
pathways-hidden-show = { $n ->
    [one] Show the hypothesis
   *[other] Show the { $n } hypotheses
 }
pathways-shown-hypotheses = Curators’ hypotheses are shown, under their own heading.
pathways-hide = Hide them
pathways-exploratory-hidden = { $n ->
    [one] One more rests on exploratory steps, below 0.50.
   *[other] { $n } more rest on exploratory steps, below 0.50.
 }
pathways-exploratory-show = Walk exploratory steps
pathways-exploratory-on = Exploratory steps are walked, and marked.
pathways-exploratory-hide = Leave them out
pathways-basis-hidden = { $n ->
    [one] One has a step on another basis.
   *[other] { $n } have a step on another basis.
 }
pathways-basis-all = Trust every basis
pathways-at-least = At least so many; the search met its limit.
pathways-group-by = Group by
pathways-group-claim = who states the steps
pathways-group-end = where it ends
pathways-group-length = number of steps
pathways-claim-stated = Each step stated by authors
pathways-claim-partly = Some steps stated by authors, others judged by curators
pathways-claim-none = Curators’ hypotheses
pathways-claim-place = Hierarchy of an edition
pathways-claim-stated-means = Authors state every step. Where no rule joins two of them, that one leads on to the next is our hypothesis.
pathways-claim-partly-means = Each step says whose it is. Where no rule joins two of them, that one leads on to the next is our hypothesis.
pathways-claim-none-means = Authors state none of these steps. We judged each from definitions and passages.
pathways-claim-place-means = The steps only follow the hierarchy of an edition.
pathways-length = { $n ->
    [one] One step
   *[other] { $n } steps
 }
pathways-n = { $n ->
    [one] one path on this page
   *[other] { $n } paths on this page
 }
pathways-path = Path { $n }: { $heading }
pathways-hypothesis-heading = curators’ hypothesis
pathways-whole = Rules join all steps. Together they give: { $from } { $gives } { $to }.
pathways-picture = As a drawing
pathways-picture-page = The drawing shows the paths of this page.
pathways-explain = Explain the pair
pathways-next = Next page of paths
pathways-first = First page of paths
pathways-notes = Notes on this answer
