"""Programs that prepare what `search` has learned from; never imported at run time."""
