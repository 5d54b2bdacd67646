"""What a stranger's folder can and cannot do."""
