"""What a program stands on: clock, configuration, log, link, outbox, supervision."""
