"""Health monitoring: hourly vital signs and laboratory values, ECG beats -> risk per hour, beat classes, attributions."""
