"""Programs that make the artifacts of `index/artifacts`; never imported at run time."""
