"""A rating pad as people see it, pure but for its fonts: what it shows when, its words, and its painted screen."""
