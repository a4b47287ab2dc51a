"""What stands in a hall and who may say what: the one file every program reads."""
