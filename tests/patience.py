"""How long tests wait, in one place: however busy the machine is, none of it depends on its speed.

A test that passes uses almost nothing of this; one that fails says so after it at the latest.
"""

# For what must come.
PATIENCE = 120.0
# For what must not take long: many times what it takes on an idle machine, and less than what it
# would take if it had to wait for a long poll, an idle connection or a look now and then.
SOON = 20.0
