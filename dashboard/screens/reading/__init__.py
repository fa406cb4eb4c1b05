"""One case on one screen: a line of header, the film, four cards of fixed place, and drawers under the film for all else."""
