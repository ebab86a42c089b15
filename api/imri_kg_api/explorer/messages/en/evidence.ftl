# A piece of evidence.

evidence-title = Evidence: { $locator }
evidence-in-our-words = In our words:
evidence-ours = What the passage says, in our words.
evidence-place = Where it stands
evidence-source = Source
evidence-anchor = Look for
evidence-anchor-checked = The words were found in the text at hand.
evidence-anchor-unchecked = No text is at hand in which the words could be looked up again.
evidence-anchor-none = No words of the passage are kept.
evidence-go = Go there
evidence-deep-link = The link opens the publisher’s page at these words where the browser can.
evidence-publisher-page = the publisher’s page
evidence-no-address = No address is known.
evidence-read = What was at hand
evidence-references = References cited there
evidence-references-mean = Numbers of the source’s own reference list.
evidence-informants = Who says so in it
evidence-note = Our note
evidence-checked = Text it was checked against
evidence-id = Id
evidence-record = the record
evidence-rests = { $n ->
    [0] Nothing rests on it
    [one] One thing rests on it
   *[other] { $n } things rest on it
 }
evidence-rests-none = No statement of the graph names this passage as its evidence.
evidence-group-mappings = Mapping records
evidence-group-constructs = Constructs
evidence-group-editions = Framework editions
evidence-group-causal_relations = Causal relations, which are no matches
evidence-group-framework_limits = What authors say that a framework does not capture
evidence-group-claims = Other statements
evidence-group-observations = Observations in cases
evidence-group-case_rows = Cases, participants, events and judgements
evidence-group-findings = Findings of the review
evidence-group-named_works = Works that it names
evidence-group-other = Other things
