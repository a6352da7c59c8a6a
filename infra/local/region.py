"""Where the pretended cloud is: one region and one account everywhere, as queues are kept per region."""

REGION = "eu-central-1"
ACCOUNT = "123456789012"  # moto's own
