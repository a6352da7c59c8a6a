"""Opaque ids: numbers written in the server's own base 32, so that they sort and never repeat."""

ALPHABET = "abcdefghijklmnopqrstuvwxyz792013"


def written(number: int) -> str:
    """The id of the object with that number."""
    digits = ALPHABET[number % 32]
    while number := number // 32:
        digits = ALPHABET[number % 32] + digits
    return digits


def number_of(identity: object) -> int | None:
    """The number that an id stands for, None when it is no id at all."""
    if not isinstance(identity, str) or not identity or set(identity) - set(ALPHABET):
        return None
    number = 0
    for digit in identity:
        number = number * 32 + ALPHABET.index(digit)
    return number
