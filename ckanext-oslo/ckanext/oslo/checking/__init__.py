"""Checking metadata against the profiles, in words that say which field mends it.

`standards` says what is checked against which shapes, `engine` runs SHACL, `fields` finds the field of our form,
`wording` the sentence, `documents` reads RDF that others send. `form` and `panel` serve
the form while it is filled in. The core (`standards`, `engine`, `fields`, `checks`, `catalogue`, `documents`) is pure.
"""
