"""What the trust layer of a network is measured by: gates, maps, verdicts, probes."""
