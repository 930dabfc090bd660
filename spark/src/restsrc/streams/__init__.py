"""The three modes of streams: what an offset means, where a batch ends, which partitions read it."""
