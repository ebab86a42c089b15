# What stands on every page.

skip-to-content = Skip to content
nav-label = Main
nav-frameworks = Frameworks
nav-crosswalks = Crosswalks
nav-coverage = Coverage
nav-explain = Explain
nav-pathways = Pathways
nav-cases = Cases
nav-check = Check my data
nav-sparql = SPARQL
nav-about = About
nav-sources = Sources
nav-downloads = Downloads
nav-api = API
trail-label = Where this page stands
theme-switch = Light or dark
next-page = Next page

search-label = Search constructs, cases, sources and questions
search-placeholder = Search: hope, IV.C, peer support
search-submit = Search
search-js-none = Nothing found among constructs. Press Enter to search cases, sources and questions too.
search-js-more = List all { $n } matches
search-js-hits = { $n ->
    [one] One construct found
   *[other] { $n } constructs found
 }
search-js-matched = found by { $what }
search-js-failed = The search did not answer. Press Enter to try it as a page.

foot-as-data = This page as data
foot-query = stored query { $query }
foot-permalink = Permanent address of this answer:
foot-cite = Cite it
foot-can-change = This page shows case datasets that can change, and has no permanent address.
foot-release = Release { $release }, built { $built }.
foot-licence = Data under { $licence }.

form-json = JSON
form-csv = CSV
form-tsv = TSV
form-md = Markdown
form-html = page
form-sssom = SSSOM
form-ttl = Turtle
form-jsonld = JSON-LD
form-nt = N-Triples
form-rdfxml = RDF/XML

problem-candidates = Perhaps you meant
problem-present-answer = The present answer
problem-kind = Status { $status }, problem { $kind }.
