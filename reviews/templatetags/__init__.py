"""Template tags of the judgement."""
