"""People of the simulated hall: pure state machines and the plan of their day."""
