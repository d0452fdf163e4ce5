"""Lets a command take a dataclass of options as one parameter.

A path query has twenty options and every command shares seven. A command names the groups it takes;
`expand` shows typer the single options, and hands the command the filled groups.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints


def expand(function: Callable[..., Any]) -> Callable[..., Any]:
    """Replace each dataclass parameter of a command by its fields.

    The fields carry typer's metadata: `limit: Annotated[int, typer.Option("--limit")] = 5`.
    Field names must be unique among the groups and parameters of one command.
    """
    parameters: list[inspect.Parameter] = []
    groups: dict[str, type[Any]] = {}
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        annotation = parameter.annotation
        if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
            groups[parameter.name] = annotation
            parameters += _field_parameters(annotation)
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))

    def run(**values: Any) -> Any:
        return function(**_gather(values, groups))

    run.__name__ = function.__name__
    run.__doc__ = function.__doc__
    # A keyword-only parameter without default may follow one with, so the order of help is free.
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {item.name: item.annotation for item in parameters}
    return run


def _field_parameters(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_default(field),
            annotation=hints[field.name],
        )
        for field in dataclasses.fields(group)
    ]


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return inspect.Parameter.empty


def _gather(values: Mapping[str, Any], groups: Mapping[str, type[Any]]) -> dict[str, Any]:
    rest = dict(values)
    filled = {
        name: group(**{field.name: rest.pop(field.name) for field in dataclasses.fields(group)})
        for name, group in groups.items()
    }
    return {**rest, **filled}
