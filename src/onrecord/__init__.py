"""onrecord publishes who said what: linked data in which every statement keeps its speaker, article and sentence."""

import logging

__version__ = "0.1.0"

# What these libraries log, with tracebacks, about mistakes in the data is reported as problems.
for _logger in ("rdflib.term", "pyshacl-validate"):
    logging.getLogger(_logger).disabled = True
