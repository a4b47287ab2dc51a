"""The bridge put together: call pads and sensors on the field side, hall store and uplink on the other."""
