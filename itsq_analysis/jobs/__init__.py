"""Unattended runs: jobs of itsq.toml made when they are due, once, and delivered.

occurrences  cron, zone and working days → the moments at which a job is due
asked        a job and such a moment → the parameters of its runs
ledger       one row per (job, moment, parameters), in SQLite; deliveries and approvals
planning     what is due is entered; what a killed process left is put right; nothing here reads a clock
readiness    whether the loads and data that a run needs are there
child        the process that makes runs, and records what became of them
supervise    starts it, and ends it at a run's limit of time or memory
tick         all of this once: `itsq run-due`; again and again: `itsq schedule`
"""
