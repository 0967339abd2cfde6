"""What happens to a query: retrieve by both legs, fuse, show with citations, measure."""
