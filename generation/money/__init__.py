"""What generations cost: the ledger, budgets, refusals that cost money, and what is told of all that."""
