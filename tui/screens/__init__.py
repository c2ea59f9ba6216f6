"""Full screens and modals, imported when they are opened."""
