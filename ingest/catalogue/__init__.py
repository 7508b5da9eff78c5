"""The catalogue: which texts there are, in which versions, and what of them stands in the index.

`publication` brings versions in and takes them out, `periods` says when each is in force, `sources` knows the files
they came from, `duplicates` which of them say nearly the same, `reading` answers everybody else.
"""

from ingest.catalogue.duplicates import Duplicates
from ingest.catalogue.publication import Publication
from ingest.catalogue.reading import Reading
from ingest.catalogue.sources import Sources


class Catalogue(Publication, Sources, Duplicates, Reading):
    """All SQL of the knowledge base. Every method is one transaction, unless it says otherwise."""
