"""HTTP, thin: speaks for an investigation, decides nothing."""
