"""Which function serves which route and which trigger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from infra.aws.template.functions import ROUTES_HANDLER
from infra.aws.template.model import BadManifest, Function, Functions, pascal

MANIFEST = "infra/aws/manifest.py"


def assigned(
    routes: Iterable[str], triggers: Mapping[str, str], entries: Sequence[Functions]
) -> list[Function]:
    """The functions to make, in the manifest's order.

    routes     "GET /tenants/{slug}"
    triggers   name in app.py -> name in the template
    Raises     BadManifest for a route or trigger without an entry, and for an entry that matches nothing
    """
    served = [*routes, *triggers]
    found = {each: _entry_of(each, entries) for each in served}
    _check_globs(found, entries)
    made: dict[str, Function] = {}
    for each in sorted(served, key=lambda name: entries.index(found[name])):
        function = _function(each, triggers, found[each])
        made[function.id] = made[function.id].also(each) if function.id in made else function
    _check_names(made.values())
    return list(made.values())


def _entry_of(served: str, entries: Sequence[Functions]) -> Functions:
    for entry in entries:
        if any(fnmatchcase(served, glob) for glob in entry.serves):
            return entry
    raise BadManifest(
        f"{served} has no entry in {MANIFEST}: say there which set serves it, and what it needs"
    )


def _check_globs(found: Mapping[str, Functions], entries: Sequence[Functions]) -> None:
    idle = [
        glob
        for entry in entries
        for glob in entry.serves
        if not any(entry is winner and fnmatchcase(served, glob) for served, winner in found.items())
    ]
    if idle:
        raise BadManifest(f"{MANIFEST} names what does not exist, or what an earlier entry takes: {idle}")


def _function(served: str, triggers: Mapping[str, str], entry: Functions) -> Function:
    if served in triggers:
        return Function(id=triggers[served], handler=f"app.{served}", of=entry, serves=(served,))
    return Function(id=entry.name or pascal(served), handler=ROUTES_HANDLER, of=entry, serves=(served,))


def _check_names(functions: Iterable[Function]) -> None:
    """Two routes may differ in what no name of CloudFormation can hold."""
    for each in functions:
        if len(each.serves) > 1 and not each.of.name:
            raise BadManifest(f"{' and '.join(each.serves)} would be one function: give their entry a name")
