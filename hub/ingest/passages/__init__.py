"""What a turn makes of events at gates, besides what detectors find."""
