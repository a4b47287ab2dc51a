"""The update service: signed releases, rollouts in waves, and the programs of the hall's own machines."""
