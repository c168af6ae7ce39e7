"""Which events webhooks can be told of, webhooks as JSON, and the budgets that are used up."""
