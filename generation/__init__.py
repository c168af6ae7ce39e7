"""What is asked of Runway: jobs, their engine, money, quality, and the pages and API for them."""
