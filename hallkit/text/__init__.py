"""One text engine for screens, paper and LED panels."""
