"""What checks ask on every Python."""


def raises(kind, work, *arguments):
    """Return the error of `kind` that `work` raises; fail if it raises none."""
    try:
        work(*arguments)
    except kind as error:
        return error
    raise AssertionError("nothing was raised")


def vectors(name):
    """Return a file of contract/vectors."""
    import json

    here = __file__.replace("\\", "/").rsplit("/tests/", 1)[0]
    with open(here + "/contract/vectors/" + name) as file:
        return json.load(file)
