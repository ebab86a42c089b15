# What became of the constructs of an earlier edition.

changes-title = { $old } and { $new } side by side
changes-lede = What became of each construct, and where each construct of the later edition comes from. Moves, splits, merges and renamings are read from labels, hierarchy and records by us, unless the authors say so in their verb.
changes-kinds = Kinds of change
changes-kind = Kind
changes-means = What it means
changes-count-earlier = Of { $name }
changes-all = Show all kinds
changes-only = Only: { $kind }
changes-earlier = From { $old } to { $new }
changes-later = Where the constructs of { $new } come from
changes-construct = Construct of { $name }
changes-what = What happened
changes-counterparts = Counterparts in { $name }
changes-by-us = by our reading
changes-and = { " " }and
changes-onward = :
changes-back = { "," } from
changes-only-related = The records call them related, and nothing closer.
changes-find = Find a construct
changes-find-example = Patient Needs, or II.A
changes-find-go = Find
changes-find-all = Show all constructs
changes-found = { $earlier } of { $old } and { $later } of { $new } have these words in their code or label, or in that of a counterpart.
changes-jump = Domains of { $name }:
changes-nothing = No construct is left by what was asked for. Show all kinds and all constructs to see the whole edition.
changes-none = No counterpart is recorded. That is no finding that there is none.
changes-domain = in { $domain }
changes-explain = why
changes-exploratory = { $n ->
    [one] One exploratory record decides nothing:
   *[other] { $n } exploratory records decide nothing:
 }
