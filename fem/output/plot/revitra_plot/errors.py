"""What ends the program with one line on stderr."""


class PlotError(Exception):
    """Something about the input: the message says what is wrong and what to do."""


class WriteError(Exception):
    """A picture could not be written."""
