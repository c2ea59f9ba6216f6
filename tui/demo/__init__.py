"""A made-up fleet, calendar and backlog, so that everything can be tried with nothing of the person's touched."""
