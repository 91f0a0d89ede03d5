"""Template tags of the claim."""
