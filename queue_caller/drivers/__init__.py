"""The queue programs' hands: speakers, printers, stores."""
