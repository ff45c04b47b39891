"""Open tickets at risk, as several reports tell them."""
