"""What a search index is: how news files become one, how it is written and read."""
