"""The default backend: memory-mapped arrays of a snapshot and the kernels that search them."""
