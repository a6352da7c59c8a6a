"""What a laptop runs in place of the vendors: rules kept apart from HTTP, and manners that all share."""
