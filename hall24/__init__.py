"""The `hall24` command: demo, day, bench, doctor and the programs."""
