"""From what Chalice packs to what is deployed: one function a route, least privilege, queues, alarms."""
