"""What must hold for a template before anybody deploys it, where no tool of others looks."""
