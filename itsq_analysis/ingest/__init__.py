"""From files to canonical tables: read, map, check, fold, derive, load."""
