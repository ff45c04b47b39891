"""Time to threshold against peers: simulated disks and data-centre traces."""
