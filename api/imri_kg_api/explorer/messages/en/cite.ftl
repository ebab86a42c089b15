# How to cite.

cite-js-copy = Copy
cite-js-copied = Copied
cite-js-failed = Copying failed: select the text instead

cite-title-graph = Cite the graph
cite-title-framework = Cite a framework
cite-title-mapping = Cite a mapping record
cite-title-answer = Cite an answer
cite-lede = Cite whoever made the claim, and the graph with its release.
cite-of = What is cited
cite-works = Works to cite, and why
cite-work = Work
cite-why = Cited as
cite-apa = As text
cite-bibtex = BibTeX
cite-csl-json = CSL-JSON
cite-others = Cite something else
cite-graph = the graph
cite-any = Every page has “Cite it” at its foot, for the answer that it shows.
