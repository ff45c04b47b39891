"""The forecast report: one file per section, and what it shares with other reports that look ahead."""
