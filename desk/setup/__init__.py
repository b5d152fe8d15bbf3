"""What administrators set up while the desk runs: channels, staff groups, hours, canned replies."""
