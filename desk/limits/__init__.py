"""Rate limits of providers, kept by one process or shared."""
