"""Ask the virus scanner about a file."""
