"""The form of a dataset with its files: what is asked first, what was sent, files that wait, copies and previews.

`layout`, `summary`, `copying`, `detection` and `outlines` are pure; `waiting` keeps files on disk; `sent`, `actions`,
`auth`, `helpers` and `views` meet CKAN.
"""
