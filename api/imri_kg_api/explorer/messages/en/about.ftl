# What the project is.

about-title = About
about-lede = imri-kg joins frameworks of mental-health recovery and of implementation into one graph, in which every claim says whose it is and on which passage it rests.
about-what = Researchers who compare frameworks meet the same construct under other names, and other constructs under the same name. Here each pair of constructs has one of four states, each statement has its evidence, and what nobody has judged is said to be so.
about-questions = The graph was built to answer { $total } questions: { $yes } in full, { $partly } in part, { $no } not yet, since the sources at hand do not tell. { $link }
about-contents = Contents

about-states = The four states
about-states-means = Every pair of constructs of two editions is in exactly one state. Blank is never an answer.
about-state-mapped = The kind of match says how: the same, close, broader, narrower, or related.
about-state-judged_not_mapped = It gives the reason. Silence of a source, a claim of novelty, or an impact that did not emerge is no such reason.
about-state-contested = Both sides are shown with their evidence.
about-state-not_assessed = You can judge it: see below how to contribute.
about-causal = That one thing brings another about is a causal relation and no match. It never changes a state.

about-bases = Whose claim it is
about-bases-means = The basis of a record says who asserts it. A paper is evidence for a record and not its author.
about-basis-author-stated = We choose the predicate, the weakest that the verb supports, and mark it as ours.
about-basis-curated = The comment gives the reason.
about-basis-derived = It names its rule, its premises and all their evidence.
about-predicate = The same verb always gets the same predicate. A narrower reading is a curated record beside the stated one; the stated one is never changed.

about-labels = Labels and what is ours
about-labels-means = Not every source could be read in full, so each label says where it comes from.
about-label-printed = It is carried over as printed, spelling included.
about-label-rebuilt = Wording can differ from what the authors use elsewhere.
about-label-unconfirmed = No record on it has a confidence above 0.70.
about-ours = Codes, the valence of observations and the construct to which an observation is coded are among these, where no source prints them.

about-rules = Rules of derivation
about-rules-means = The build derives records from asserted ones by these rules and no others. They are the tables that it reads.
about-inversions = Read from the other side
about-inversions-mean = A record, positive or negative, is also read from its object to its subject.
about-chains = Joined
about-chains-mean = Two positive records that meet in one construct join where a row allows it. Negative records join nothing, and no chain has both ends in one edition.
about-refusals = Not joined, and why
about-refusals-mean = Other steps do not join. Where recorded steps lead from one construct to another all the same, the explanation shows the route as a hypothesis and gives this reason.
about-rule = Rule
about-rule-from = From
about-rule-first = First record
about-rule-second = Second record
about-rule-gives = Follows
about-rule-source = Standard
about-refusal-first = First step
about-refusal-second = Second step
about-refusal-reason = Why they do not join
about-any-step = any step
about-step-causal = a causal relation
about-step-hierarchy = a step in a hierarchy
about-blocked = An asserted negative on the two ends blocks a chain. What is blocked is kept and shown among the routes.

about-confidence = Confidence
about-confidence-means = A number from 0 to 1: a curator's judgement of how well a record would stand before somebody who knows both frameworks. It is no probability and no measured agreement. docs/confidence.md, which comes with the software, says more.
about-confidence-who = Author-stated records have none, unless the authors print one: their word is not graded by us.
about-confidence-inverse = Read from the other side, a record keeps its number.
about-confidence-chain = Joined records multiply, rounded to two decimals: 0.80 and 0.80 give 0.64.
about-confidence-none = A number that is missing stays missing: a chain with a step that has none has none.
about-confidence-threshold = Below 0.50 a record is exploratory: off unless asked for, and never counted as mapped.
about-confidence-cap = None is 1, and none is above 0.70 where a label at one of its ends is unconfirmed.

about-missing = What could not be recovered
about-missing-means = { $gaps ->
    [one] One gap is known
   *[other] { $gaps } gaps are known
 } in { $sources ->
    [one] one source
   *[other] { $sources } sources
 }. Each says what is missing, what stands in the graph meanwhile, and which document would fill it: { $link }.

about-licences = Licences
about-licence-data = Data and documents
about-licence-data-is = { $licence }, imri-kg contributors.
about-cite = How to cite
about-licence-software = Software
about-licence-software-is = Apache License 2.0
about-licence-sources = Publications
about-licence-sources-is = Each has a licence of its own. Labels, figures and facts are carried over from them, sentences are not, beyond anchors of at most eight words by which a passage is found. Name the authors of a framework when you reuse its labels.
about-licence-libraries = Libraries in these pages
about-licence-libraries-are = Their names, versions and licences
about-contribute = Contribute a mapping
about-contribute-means = Mappings are tables that people review. You need a passage and a text editor or spreadsheet, and no programming.
about-contribute-evidence = Find or write the evidence: a passage, its place, what it says in your own words, and at most eight consecutive words by which it is found. Never copy a sentence.
about-contribute-table = Take the table of the two editions and of the basis from Downloads, such as mappings/imri--chime.curated.sssom.tsv.
about-contribute-row = Add one row for one claim. Author-stated is only what the authors of the text assert themselves, in their verb. Anything else is curated.
about-contribute-confidence = A curated row has a confidence, and the reason in its comment. Below 0.50 it belongs into the exploratory table.
about-contribute-negative = A negative says Not in predicate_modifier, and why the two do not correspond. That a source says nothing is no reason.
about-contribute-derived = Write no inverse and no chain: the build derives them.
about-contribute-check = In a checkout, imri-kg build names file, line and column of every fault, and imri-kg check holds the graph against its rules.
about-contribute-send = Propose the change in the repository of the project. CONTRIBUTING.md there has the details.
about-columns = The columns of a row
about-column = Column
about-column-holds = What it holds
about-column-record-id = An id that was never used, such as mapping:imri-chime-c23; ids are never used again
about-column-subject-id = The construct, as a CURIE
about-column-subject-label = Its label, as the edition has it
about-column-predicate-id = skos:exactMatch, closeMatch, broadMatch, narrowMatch or relatedMatch; the object is the broader one in a broadMatch
about-column-predicate-modifier = Not for a negative, else empty
about-column-object-id = The other construct, or sssom:NoTermFound where nothing in the edition fits
about-column-object-label = Its label
about-column-mapping-justification = semapv:ManualMappingCuration
about-column-author-label = Who made the record
about-column-confidence = Two decimals; empty in author-stated rows
about-column-see-also = IRIs of the evidence, at least one, separated by |
about-column-comment = The reason, in your own words
about-column-stated-relation = The authors' verb, in author-stated rows
about-column-predicate-basis = source where the predicate is printed, ours where we chose it
about-column-confidence-basis = What the number rests on
about-contest = You think that a record is wrong? It need not be changed: add a dispute that names it, with evidence, and the pair is contested in every answer.
about-correct-label = You have a source that prints a label which is rebuilt or unconfirmed here? Say which source and where; CONTRIBUTING.md tells how.

about-release = Release and changes
about-release-is = This server answers from release { $release }, built { $built }, with { $constructs } constructs.
about-release-means = A release never changes. The part after the plus sign is the digest of its sources.
about-stays-names = Codes of terms and ids of records keep their meaning and are never used again.
about-stays-address = Every answer has a permanent address at its foot, which gives the same answer or says that it cannot.
about-stays-old = Older releases that this server keeps are listed at { $link }.
about-changes = CHANGELOG.md, which comes with the software, tells changes of terms, mappings, shapes and software apart.

about-accessibility = Accessibility
about-accessibility-aim = The pages aim at WCAG 2.2, level AA. Tests in a real browser hold every kind of page to this:
about-accessibility-axe = axe-core finds nothing, in light and in dark colours, and the HTML is valid.
about-accessibility-keyboard = Everything that can be pressed can be reached and pressed by keyboard; the first stop leads past the navigation. In the SPARQL editor the Tab key moves on.
about-accessibility-names = Cells of a matrix are read with row, column and state.
about-accessibility-colour = Colour never says anything alone: states and bases have signs and words.
about-accessibility-zoom = Pages fit a window of 320 pixels, which is a zoom of 400 %. Wide tables scroll by themselves.
about-accessibility-script = Pages can be read without JavaScript.
about-accessibility-motion = Nothing moves for those who asked their system for less motion.
about-accessibility-print = On paper stands the answer, without what can be pressed.
about-accessibility-not = That was tested by programs. No reader with assistive technology has tried the pages yet. If something keeps you out, tell the project in its repository.

about-privacy = Privacy
about-privacy-nothing = Nothing is kept about you: no account, no cookie, no tracking.
about-privacy-elsewhere = Pages load nothing from any other host. Links to publishers do not tell them which page you came from.
about-privacy-uploads = Case data that you check are read, answered and forgotten.
about-privacy-browser = Your browser keeps one thing, and only if you press the switch: whether you prefer light or dark.
about-privacy-log = Who runs a server can have it log the addresses that are asked, without questions in them, contents, names of files or addresses of readers.
