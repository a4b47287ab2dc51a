"""The technician's tool on the host: flash, provision, verify and look after the hall's small boards."""
