"""The edges: command line, HTTP, settings, and the wiring of engines."""
