# How much is known between editions.

coverage-title = Coverage: how much is known
coverage-lede = Every ordered pair of editions, with the pairs of constructs by state and the records by basis. To look at single pairs, take the crosswalk.
coverage-of = of { $n } ordered pairs of constructs
coverage-means = What a gap can mean
coverage-evidence-of-absence = Evidence of absence
coverage-evidence-of-absence-means = Somebody looked and judged that two constructs do not correspond, or that nothing in an edition fits. There is a record, with whose judgement it is. The pair is judged not mapped.
coverage-absence-of-evidence = Absence of evidence
coverage-absence-of-evidence-means = Nobody has judged. There is no record, and nothing follows from that. The pair is not assessed.
coverage-limit = A limit of a framework
coverage-limit-means = Its authors, or others, say that it does not capture something. That is about the framework and no judgement of any pair.
coverage-pairs = All pairs of editions
coverage-table = Pairs of editions by state and basis
coverage-from = Of
coverage-to = Against
coverage-number = Pairs
coverage-look = Look at it
coverage-parts = coverage
coverage-crosswalk = crosswalk
coverage-nothing = no record at all: nothing is assessed
coverage-table-means = States count pairs of constructs; bases count records in that direction. A record that is stated one way is derived by inversion the other way, so that states agree in both directions and bases do not.
coverage-empty = Pairs of editions that nobody has judged
coverage-empty-means = { $n ->
    [0] Every two editions have at least one record.
    [one] Between these two editions there is no record at all, in either direction.
   *[other] Between the two editions of each of these { $n } there is no record at all, in either direction.
 }

coverage-pair-title = Coverage: { $source } and { $target }
coverage-to-crosswalk = See the crosswalk
coverage-kinds = Kinds in { $framework }
coverage-side = What of { $near } has a counterpart in { $far }
coverage-side-table = Constructs of { $near } by how they stand against { $far }
coverage-gap-split = Of those without, { $judged } were judged against all, { $partly } against some, and { $open } were just not assessed.
coverage-left = { $n ->
    [one] One construct of another kind is left out.
   *[other] { $n } constructs of other kinds are left out.
 }
coverage-construct = Construct
coverage-trust = Trust only
coverage-standing = How it stands
coverage-standing-judged = judged: nothing fits
coverage-standing-partly = judged in part only
coverage-standing-left = judged on a basis that is left out
coverage-standing-open = not assessed
coverage-basis = On what basis
coverage-routes = { $n ->
    [one] One route that no rule licenses
   *[other] { $n } routes that no rule licenses
 }
coverage-routes-all = All routes in the crosswalk
coverage-no-limits = No statement of authors about what these editions do not capture is recorded.
coverage-limitations = Limitations that the sources print
coverage-limitations-means = They bear on every answer that rests on these sources.
