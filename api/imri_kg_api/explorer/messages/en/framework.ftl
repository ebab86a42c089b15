# The framework editions.

frameworks-title = Framework editions
frameworks-lede = Eight editions of frameworks, models and reviews. Definitions are in our words. A label is printed in a source at hand, rebuilt by us from running text, or unconfirmed by any source at hand.
frameworks-table = The framework editions with how many of their labels are printed, rebuilt and unconfirmed
frameworks-edition = Edition
frameworks-about = What it holds
frameworks-members = Members
frameworks-changes = What became of CFIR 2009 in CFIR 2022
frameworks-coverage = How much is known between any two of them

framework-members = Members
framework-below = { $n ->
    [one] one below
   *[other] { $n } below
 }
framework-records-to = Editions in which something was compared with { $label }
framework-open-all = Open all
framework-fold-all = Fold all
framework-filter = Show only
framework-definitions = Definitions
framework-definitions-ours = Definitions are in our words, not the authors’.
framework-about = About this edition
framework-edition = Edition
framework-source = Source
framework-codes = Codes
framework-labels = Labels
framework-labels-count = { $n } members: { $printed } printed, { $rebuilt } rebuilt, { $unconfirmed } unconfirmed
framework-kinds = Kinds
framework-take = Take it along
framework-turtle = Turtle
framework-resource = as linked data
framework-revision = Compare { $old } and { $new }
framework-ours = What is ours, and what is missing
framework-others = Against the other editions
framework-other = Edition
framework-others-means = Pairs of constructs in each state. Not assessed means that nobody has judged the pair.
framework-limits = What authors say that it does not capture
framework-limits-means = Each is a statement of authors in our words, with their verb. It is no negative mapping.
framework-limit-about = About: { $what }.
framework-limit-evidence = { $n ->
    [one] Evidence
   *[other] { $n } passages of evidence
 }
framework-js-shown = { $n ->
    [0] No member matches
    [one] One member shown
   *[other] { $n } members shown
 }
