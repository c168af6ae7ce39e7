"""What generations cost: totals of the ledger, budgets, the balance at Runway, and refusals by moderation."""
