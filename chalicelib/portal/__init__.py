"""What the portals show: templates, static files, fixed texts, and values made ready for showing."""
