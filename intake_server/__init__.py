"""The central intake server: ledger, journeys, ratings and the live page."""
