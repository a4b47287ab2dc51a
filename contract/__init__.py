"""The message contract of a hall: topics, envelope, messages and their one JSON codec. Pure."""
