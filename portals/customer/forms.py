"""What customers type."""
