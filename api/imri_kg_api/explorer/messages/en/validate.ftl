# Check my data.
validate-title = Check my data
validate-lede = Send a workbook or tables with case data. Each finding names its cell and, where that can be said, what would be right.
validate-mend = You can put suggestions and values of your own in here, and save the corrected file. Your corrections are held by this page in your browser alone, and are lost when you leave it.
validate-mend-elsewhere = The findings come as a table. Correct them in the program that wrote the file, and send it again.
validate-kept = Nothing is kept.
validate-kept-means = The files are read in memory, checked, and forgotten with the reply. They are not stored, logged or passed on.
validate-template = New here? Begin with the { $empty } or look at the { $example }.
validate-template-example = workbook with an example ({ $edition })
validate-framework = Edition of the constructs
validate-framework-none = As the sheet Dataset says
validate-framework-use = Use this edition
validate-framework-means = For the empty workbook, and for tables without a sheet Dataset, such as a single CSV file.
validate-files = Choose files, or drop them here
validate-go = Check
validate-kinds = Workbooks (.xlsx, .xlsm, .ods), tables (.csv, .tsv), Turtle (.ttl) and JSON-LD (.jsonld, .json). At most { $files } files and { $mib } MiB together.
validate-limits = A check may take { $seconds } seconds and { $mib } MiB of memory. That is enough for about 5,000 rows of case data; send longer tables in parts, such as one case at a time with its rows of every sheet.
validate-found = Findings
validate-nothing-checked = Nothing was checked: no row of case data could be read.
validate-conforms = The data conform.
validate-not-conforms = The data do not conform.
validate-counts = { $violations ->
    [one] 1 violation
   *[other] { $violations } violations
}, { $warnings ->
    [one] 1 warning
   *[other] { $warnings } warnings
}, { $infos ->
    [one] 1 remark
   *[other] { $infos } remarks
}.
validate-table = Each finding with its place
validate-column-severity = Severity
validate-column-file = File
validate-column-sheet = Sheet
validate-column-cell = Cell or row
validate-column-column = Column
validate-column-value = Value
validate-column-message = Finding
validate-column-suggestion = Suggestion
validate-severity-violation = ✖ Violation
validate-severity-warning = ▲ Warning
validate-severity-info = ● Remark
validate-left-out = { $n ->
    [one] 1 more finding is not shown here.
   *[other] { $n } more findings are not shown here.
} The reports of the command line and the API have all of them.

# What the script of the page says.
validate-js-wrong-kind = { $name } cannot be read: files of this kind are not checked. What can be read: { $endings }.
validate-js-wrong-empty = { $name } is empty.
validate-js-wrong-size = The files have { $mib } MiB together; at most { $most } MiB can be sent. Send fewer at a time.
validate-js-wrong-many = { $n } files were chosen; at most { $most } can be sent at once.
validate-js-wrong-twice = Two of the files are called { $name }. Give each its own name.
validate-js-chosen = { $n ->
    [one] 1 file chosen: { $names } ({ $kib } KiB).
   *[other] { $n } files chosen: { $names } ({ $kib } KiB).
}
validate-js-large = If they hold many more than 5,000 rows, the check may meet its limits of time or memory. Then send them in parts, such as one case at a time.
validate-js-template-empty = empty workbook ({ $edition })
validate-js-sending = Sending: { $percent } %
validate-js-checking = Checking. This can take some seconds.
validate-js-progress = Progress of sending
validate-js-unreached = The server could not be reached. Nothing was checked. Try again in a moment.
validate-js-busy = The server is checking other files at the moment. Nothing was wrong with yours. Try again in { $seconds } seconds.
validate-js-file-gone = The file can no longer be read; it was changed or moved after it was chosen. Choose it again.
validate-js-no-file = Choose a file first.
validate-js-lose = { $n ->
    [one] One correction is in no saved file and will be lost.
   *[other] { $n } corrections are in no saved file and will be lost.
} Go on without saving?
validate-js-found = Findings
validate-js-nothing-checked = ✖ Nothing was checked: no row of case data could be read.
validate-js-conforms = ✓ The data conform.
validate-js-not-conforms = ✖ The data do not conform.
validate-js-counts = { $violations ->
    [one] 1 violation
   *[other] { $violations } violations
}, { $warnings ->
    [one] 1 warning
   *[other] { $warnings } warnings
}, { $infos ->
    [one] 1 remark
   *[other] { $infos } remarks
}.
validate-js-stale = Corrections were made since this check. Check again to see what is left.
validate-js-again = Check again
validate-js-accept-all = Accept all suggestions ({ $n })
validate-js-save = Save
validate-js-save-corrected = Corrected file
validate-js-save-xlsx = Annotated workbook
validate-js-save-html = Report (HTML)
validate-js-save-csv = Report (CSV)
validate-js-saved = { $name } is ready.
validate-js-show = Show
validate-js-severity-violation = Violation
validate-js-severity-warning = Warning
validate-js-severity-info = Remark
validate-js-sign-violation = ✖
validate-js-sign-warning = ▲
validate-js-sign-info = ●
validate-js-sign-put = ✓
validate-js-next = Next finding (n)
validate-js-previous = Previous finding (p)
validate-js-sheets = Sheets
validate-js-sheet = { $name } ({ $n })
validate-js-caption = { $name }: { $n ->
    [one] 1 row
   *[other] { $n } rows
}
validate-js-truncated = This sheet is too large to be shown whole. Rows with findings come first; { $rows } of { $all } rows are here. The reports cover all of it.
validate-js-row = Row
validate-js-only-found = Only rows with findings
validate-js-keys = Arrow keys walk the cells. Enter or a double click edits one, Escape leaves it as it was.
validate-js-edit = { $column }, row { $row }: new value
validate-js-rows-from = Rows { $from } to { $to } of { $all }
validate-js-rows-next = Next rows
validate-js-rows-previous = Previous rows
validate-js-cell = { $column }, row { $row }, { $value }: { $severity }: { $message }
validate-js-cell-put = { $column }, row { $row }: corrected to { $value }
validate-js-empty = empty
validate-js-here = { $sheet }, cell { $cell }: { $column }
validate-js-value = Value
validate-js-suggestion = Suggestion
validate-js-holds = What the column holds
validate-js-accept = Accept suggestion: { $value }
validate-js-accept-empty = Accept suggestion: empty the cell
validate-js-other = New value of the cell
validate-js-other-keys = Enter puts it in, and so does leaving the field. Shift+Enter begins a line.
validate-js-put = Put in this value
validate-js-choose = Choose from the values of the column
validate-js-choose-none = Choose
validate-js-list = Findings at cells ({ $n })
validate-js-list-more = { $n } more; accept or filter to see them.
validate-js-none = No findings to show.
validate-js-apart = Findings about a row, a sheet or a file
validate-js-corrections = Your corrections ({ $n })
validate-js-correction = { $place } { $column }: { $was } → { $value }
validate-js-undo = Undo
validate-js-undo-name = Undo the correction of { $place }
validate-js-undo-all = Undo all
validate-js-accepted = { $place } is now: { $value }. Check again to confirm it.
