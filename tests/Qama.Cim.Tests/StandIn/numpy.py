"""A stand-in: what the worker needs of numpy."""


def array(values, dtype=None):
    return values
