"""What others see of how the studio is: whether it works, its figures, and a report for whoever helps."""
