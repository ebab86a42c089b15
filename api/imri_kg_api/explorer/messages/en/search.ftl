# The results of a search.

search-title = Search: { $text }
search-start-title = Search
search-start-hint = Labels, other names, codes and definitions of constructs are searched, where one typing error is forgiven; and cases, sources and stored questions. Case, accents and plurals do not matter.
search-count = { $n ->
    [0] No construct found
    [one] One construct
   *[other] { $n } constructs
 }
search-none = No label, other name, code or definition of a construct holds these words.
search-none-elsewhere = Nor does a name, innovation, setting or study of a case, a citation of a source, or a stored question. Passages and observations are not searched.
search-none-try = Try fewer words, or the beginning of one.
search-cases = Cases
search-sources = Sources
search-questions = Stored questions
search-more = { $n } more
search-facets = Narrow the search
search-facet-framework = Framework
search-facet-kind = Kind
search-chosen = (chosen; press to take away)
