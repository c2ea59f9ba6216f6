"""What the speed promises rest on: ratios to a floor or a peer in the same run, never seconds against a limit."""
