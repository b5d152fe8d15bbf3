"""Our own servers on loopback, for tests and fault injection: private folder, free port."""
