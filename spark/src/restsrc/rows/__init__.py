"""Records as JSON lines to and from rows as Arrow record batches."""
