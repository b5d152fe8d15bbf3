"""Users, agents, log-ins, second factors."""
