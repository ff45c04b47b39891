"""What keeps coming back."""
