"""What every small device of the hall is made of; runs on boards, on the unix port and on CPython alike."""
