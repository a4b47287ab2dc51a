"""The hall's message broker: ours, small and pure at heart, or mosquitto under the same grants."""
