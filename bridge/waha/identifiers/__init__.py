"""Chat ids and message ids of WAHA."""
