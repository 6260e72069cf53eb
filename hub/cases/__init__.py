"""Cases: what must be brought to an end before clocks run out."""
