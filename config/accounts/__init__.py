"""The door: how people sign in, prove it a second time, and see where they are signed in."""
