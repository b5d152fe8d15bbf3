"""How long tests wait: the only place with deadlines, so that no test depends on a fast machine.

A test that passes needs almost none of this time; a test that fails reports it after this time.
"""

# For something that must happen.
PATIENCE = 120.0
# For something that must happen soon: many times what it takes on an idle machine, and less than it
# would take if it had to wait for a long poll, an idle connection or a periodic check.
SOON = 20.0
