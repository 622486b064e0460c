"""onrecord publishes who said what: linked data in which every statement keeps its speaker, article and sentence."""

__version__ = "0.1.0"
