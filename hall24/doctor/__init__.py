"""`hall24 doctor`: whether a hall's machine, programs and devices are well, and what to do where they are not."""
