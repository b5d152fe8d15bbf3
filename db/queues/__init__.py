"""Intake's and delivery's queues, and the lanes that order them."""
