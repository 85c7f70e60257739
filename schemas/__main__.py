"""Check the schemas without starting CKAN: ``python -m ckanext.oslo.schemas``."""

import sys
from pathlib import Path

from ckanext.oslo import schema_files

if __name__ == "__main__":
    try:
        schema_files.check(Path(__file__).parent)
    except schema_files.SchemaError as error:
        sys.exit(str(error))
