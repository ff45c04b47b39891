"""The keeping of facts: what was measured is computed once, in memory within a process, on disk where it is dear.

sentence  findings, decisions and sentences without words
scope     what a fact is about: a snapshot narrowed to services, a period, a moment
keeping   the decorator `fact`, and `keep` for a value with a key of its own
cache     the folder on disk: keys, size, removal
codec     dataclasses and frames as Parquet and JSON, and back
"""

from itsq_analysis.facts.cache import Cache
from itsq_analysis.facts.keeping import fact, keep, keep_each
from itsq_analysis.facts.scope import Scope
from itsq_analysis.facts.sentence import Decision, Finding, Sentence

__all__ = ["Cache", "Decision", "Finding", "Scope", "Sentence", "fact", "keep", "keep_each"]
