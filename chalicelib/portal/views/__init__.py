"""View models: pure functions from what the API answers to what a template shows."""
