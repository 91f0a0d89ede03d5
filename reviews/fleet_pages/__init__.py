"""The exporter's fleet in the portal: list, one vehicle, many at once."""
