# The SPARQL page.

sparql-title = SPARQL
sparql-lede = Ask the whole graph in the query language of the Semantic Web. Begin with one of the questions, and change it.
sparql-query = Query
sparql-hint = Ctrl and Enter asks, Ctrl and Space completes a name. The Tab key leaves the editor. Prefixes of ours need not be declared.
sparql-ask = Ask
sparql-ask-post = Ask with a long query
sparql-stop = Stop
sparql-plain = Plain text field
sparql-examples = Questions
sparql-examples-means = Each has a stored query. Open one, ask it, change it.
sparql-all-queries = All stored queries with their answers
sparql-answer = Answer
sparql-answer-rows = Rows of the answer
sparql-problem = No answer
sparql-true = Yes: the graph holds it.
sparql-false = No: the graph does not hold it. That is not a judgement.
sparql-graph = The graph that the query makes, as Turtle
sparql-rows = { $n ->
    [one] One row.
   *[other] { $n } rows.
 }
sparql-rows-cut = The first { $n } are shown; the other forms have all.
sparql-no-rows = The graph holds nothing that fits. Silence is no answer: nobody may have looked.
sparql-as = All of it as
sparql-form-csv = CSV
sparql-form-tsv = TSV
sparql-form-json = JSON
sparql-form-xml = XML
sparql-form-ttl = Turtle
sparql-form-nt = N-Triples
sparql-form-jsonld = JSON-LD
sparql-form-rdfxml = RDF/XML
sparql-too-long = The query is too long for an address, so there is no link to this answer.
sparql-unbound = not bound
sparql-limits = Limits
sparql-limits-means = A query that meets a limit is stopped and told which. No part of its answer counts.
sparql-limit-time = Time
sparql-limit-time-is = { $n } seconds, from the first to the last row
sparql-limit-memory = Memory
sparql-limit-memory-is = { $n } MiB beside the graph
sparql-limit-results = Size of the answer
sparql-limit-results-is = { $n } MiB in the forms for programs; this page shows the first { $rows } rows of up to 4 MiB. Take more in pieces with ORDER BY, LIMIT and OFFSET.
sparql-limit-length = Length of the query
sparql-limit-length-is = { $n } characters
sparql-limit-service = Refused. Nothing is fetched from elsewhere, and graphs that are not ours are no source of data.
sparql-limit-update = Updates
sparql-limit-update-is = Refused. A release never changes.
sparql-what = What is asked
sparql-what-means = The default graph is the union of all named graphs. Each of these holds one source file: an edition, a mapping set, a file of evidence, a case dataset, or what is derived.
sparql-description = The service description lists them.
sparql-states = A pair without a match may have been judged not mapped, be contested, or never have been assessed. A query on matches alone cannot tell these apart; the crosswalks can.
sparql-prefixes = Prefixes that need not be declared
sparql-prefixes-all = All { $n } prefixes
sparql-prefix = Prefix
sparql-namespace = Namespace

sparql-js-editor = SPARQL query
sparql-js-lines = Lines of the query
sparql-js-asking = Asking…
sparql-js-stopped = Stopped.
sparql-js-failed = The server did not answer. Try again.
sparql-js-filled = The question is in the editor. Ask it, or change it; undo brings back what stood there.
sparql-js-go = Show the place in the editor
