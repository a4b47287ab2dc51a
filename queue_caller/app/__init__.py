"""The queue programs, each put together in a module of its own: engine, ticket machine, voice."""
