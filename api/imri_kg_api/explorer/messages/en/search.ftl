# The results of a search.

search-title = Search: { $text }
search-start-title = Search
search-start-hint = Labels, other names, codes and definitions of all editions are searched. Case, accents, plurals and one typing error are forgiven.
search-count = { $n ->
    [0] Nothing found
    [one] One construct
   *[other] { $n } constructs
 }
search-none = No label, code or definition holds these words. Try fewer words, or the beginning of one.
search-facets = Narrow the search
search-facet-framework = Framework
search-facet-kind = Kind
search-chosen = (chosen; press to take away)
