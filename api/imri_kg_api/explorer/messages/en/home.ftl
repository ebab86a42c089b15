# The first page.

home-title = Recovery frameworks, and how they fit together
home-lede = What corresponds to what between frameworks of mental-health recovery and of implementation, on whose word, and on which passage. Where nobody has judged, it says so.
home-questions = Questions to begin with
home-question-gaps = Which IMRI impacts have no counterpart in CHIME, and did anyone judge so?
home-question-gaps-where = crosswalk
home-question-who = Who says that “Motivating one to aspire to new roles” belongs with hope, and where?
home-question-who-where = explanation with evidence
home-question-changes = What became of “Patient Needs & Resources” of CFIR 2009?
home-question-changes-where = construct
home-question-changes-all = of all constructs of CFIR 2009
home-question-hindered = What hindered in the assimilation phase, in which of the three coproduction cases?
home-question-hindered-where = cases side by side
home-check = Check your case data
home-check-means = Drop a workbook or CSV files. Each finding is shown at its sheet, row and column, with a suggestion where there is one. Nothing is kept.
home-check-go = Check my case data
home-frameworks = Eight framework editions
home-frameworks-means = Labels are printed in a source at hand, rebuilt by us from running text, or unconfirmed by any source at hand. Definitions are in our words.
home-known = Of all ordered pairs of constructs, { $mapped } are mapped, { $judged } judged not mapped, { $contested } contested, and { $open } not assessed.
home-coverage = What is known between any two editions
