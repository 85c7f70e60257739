"""The scheming schemas of the portal: dataset, work, mobility, organization, and their presets.

Scheming imports this package before it opens a file in it; that is when YAML learns the tag with which the schemas
are put together.
"""

from ckanext.oslo import schema_files

schema_files.register()
