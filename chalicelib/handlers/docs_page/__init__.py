"""The documentation page, written from the OpenAPI document; one file, no script, nothing from elsewhere."""
