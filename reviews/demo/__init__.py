"""Make the demonstration: people, vehicles and papers that look like the real ones."""
