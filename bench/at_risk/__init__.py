"""Which open tickets will be late, measured at earlier moments of real and made-up logs."""
