"""Wire formats only the queue programs speak. Pure."""
