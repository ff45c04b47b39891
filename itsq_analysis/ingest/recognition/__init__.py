"""Recognising an export: which tool wrote it, what its columns mean, and what its words say; proposed and told."""
