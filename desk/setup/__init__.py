"""Setup by administrators while the desk runs: channels, staff groups, hours, canned replies."""
