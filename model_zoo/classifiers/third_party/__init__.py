"""Networks of other packages, made fit for attribution; each imported only when a card or a command names one."""
