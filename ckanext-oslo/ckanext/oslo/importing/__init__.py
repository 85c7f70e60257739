"""Many datasets from one spreadsheet: a template to fill in, a rehearsal that finds every mistake, then all or none.

`csv_files`, `workbooks`, `columns`, `rows` and `template` are pure; `run`, `auth`, `views` and `commands` meet CKAN.
"""
