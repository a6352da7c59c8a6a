"""The portals: pages for people, on top of the API and behind a session of their own."""
