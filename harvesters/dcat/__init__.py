"""Any feed of DCAT: one file or linked pages, in RDF/XML, Turtle, N-Triples or JSON-LD."""
