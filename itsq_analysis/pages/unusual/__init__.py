"""What was unusual: alarms of a period with their explanations, for the quality report and for the analysts' review."""
