"""Queue engine, ticket machine, window calls and voice."""
