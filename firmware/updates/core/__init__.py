"""Rules without a disk or a socket: manifests, rollouts, trials."""
