"""People needed against people rostered, for every report that tells it."""
