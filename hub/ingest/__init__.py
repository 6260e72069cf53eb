"""From batches to committed turns."""
