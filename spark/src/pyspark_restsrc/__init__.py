"""Spark imports every package named pyspark_* and registers its DefaultSource: no registration is needed."""

from restsrc.datasource import RestApiDataSource as DefaultSource

__all__ = ["DefaultSource"]
