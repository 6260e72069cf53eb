"""The duty desk, pure: keys and equipment, the phone, and the handover of a shift."""
