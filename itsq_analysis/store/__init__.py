"""The store: Delta Lake tables in a folder, and a ledger whose rows are the snapshots.

A snapshot is one row of the ledger: the version of every table that one load committed, and the settings in force. The ledger's
commit is the only commit point of a load: until then readers see the snapshot before, afterwards the new one. What a killed load
leaves behind is rolled back by the next load. Readers never wait and never lock; loaders take turns by an operating-system lock
that is freed when the process dies. Nothing here deletes a data file.

    store/format            the layout's number
    store/tables/NAME/      one Delta table per contract
    store/quarantine/       rows that were refused, with file, line and rule
    store/ledger/           one row per snapshot
"""

from itsq_analysis.store.ledger import LEDGER, QUARANTINE, Snapshot
from itsq_analysis.store.sql import SQL_OF_ARROW, TableView, literal, quoted
from itsq_analysis.store.store import FORMAT, Store
from itsq_analysis.store.transaction import Transaction

__all__ = ["FORMAT", "LEDGER", "QUARANTINE", "SQL_OF_ARROW", "Snapshot", "Store", "TableView", "Transaction", "literal", "quoted"]
