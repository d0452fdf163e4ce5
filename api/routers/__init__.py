"""Routes, by subject; thin: they translate, call one thing, and translate back."""
