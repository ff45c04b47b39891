"""Indicators: a catalogue of definitions, one SQL scan per table, and values with intervals."""
