"""Field bus to MQTT, hall store and uplink."""
