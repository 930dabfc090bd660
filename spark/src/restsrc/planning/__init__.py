"""Which part of a list each Spark task reads. Runs on the driver."""
