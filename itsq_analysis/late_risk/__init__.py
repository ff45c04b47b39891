"""Which open tickets will miss their promise, and how long they will still take."""
