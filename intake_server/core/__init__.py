"""What the intake server decides. Pure."""
