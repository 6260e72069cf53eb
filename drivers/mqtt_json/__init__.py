"""Other systems' JSON on an MQTT broker, understood by tables."""
