"""Reports: how duties were kept, and the daily record of patrols. What computes and writes is pure; queries are in hub/store."""
