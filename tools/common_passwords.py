#!/usr/bin/python3
"""Prints the passwords that people choose most, the commonest first, one a line, as the API takes
them (--common-passwords): those that Debian's python3-zxcvbn knows."""

from zxcvbn.frequency_lists import FREQUENCY_LISTS

print("\n".join(FREQUENCY_LISTS["passwords"]))
