"""Dataclasses filled from environment variables, with every problem told at once.

A value may come from a file instead: `NAME_FILE` holds the path (for mounted secrets).
An empty value counts as not set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from environs import EnvError, EnvNotSetError, FileAwareEnv


@dataclass(frozen=True)
class Variable:
    """One row of the README's table: where a field comes from and what it means."""

    name: str
    about: str
    kind: str
    """The environs parser: str, int, float, list, path."""
    check: Callable[[Any], object] | None
    secret: bool
    default: str
    """For people; empty when there is none."""


def variable(name: str, about: str, *, default: Any = MISSING, kind: str = "str",
             check: Callable[[Any], object] | None = None, secret: bool = False,
             shown: str | None = None) -> Any:
    """A dataclass field filled from the variable `name`; `shown` describes a computed default."""
    text = shown if shown is not None else "" if default in (MISSING, None, "") else f"`{default}`"
    row = Variable(name, about, kind, check, secret, text)
    return field(default=default, repr=not secret, metadata={"variable": row})


def group(kind: type[Any], prefix: str) -> Any:
    """A field holding another dataclass, or None when none of its variables is set."""
    return field(default=None, metadata={"group": kind, "prefix": prefix})


def variables(kind: type[Any], prefix: str = "") -> list[Variable]:
    """Every variable of a dataclass and its groups, with full names, in order."""
    rows: list[Variable] = []
    for each in fields(kind):
        if "group" in each.metadata:
            rows += variables(each.metadata["group"], each.metadata["prefix"])
        else:
            row: Variable = each.metadata["variable"]
            rows.append(replace(row, name=prefix + row.name))
    return rows


def secret_values(filled: Any) -> frozenset[str]:
    """Every value of a filled dataclass and its groups that was declared secret."""
    found: set[str] = set()
    for each in fields(filled):
        value = getattr(filled, each.name)
        if value and "group" in each.metadata:
            found |= secret_values(value)
        elif value and each.metadata.get("variable", _OPEN).secret:
            found |= set(value) if isinstance(value, tuple) else {value}
    return frozenset(found)


_OPEN = Variable("", "", "str", None, False, "")


class Environment(FileAwareEnv):
    """environs over any mapping (by itself it knows only os.environ) and its files."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(strip_whitespace=True)
        self.given = given
        self.assumed: Mapping[str, str] = {}
        """Defaults that depend on other values; what is given wins."""
        self.problems: list[str] = []

    def _get_value(self, env_key: str, default: Any) -> Any:
        if path := self.given.get(env_key + self.file_suffix):
            try:
                return Path(path).read_text().strip()
            except (OSError, ValueError) as error:
                raise EnvError(f"{path} cannot be read; give a readable file") from error
        return self.given.get(env_key) or self.assumed.get(env_key) or default

    def has(self, name: str) -> bool:
        """Whether a variable is set, be it by value, by file or as an assumption."""
        return bool(self.given.get(name) or self.given.get(name + self.file_suffix)
                    or self.assumed.get(name))

    def value(self, each: Field[Any], prefix: str = "") -> Any:
        """One field's value; None after noting a problem."""
        row: Variable = each.metadata["variable"]
        name = prefix + row.name
        given: dict[str, Any] = {} if each.default is MISSING else {"default": each.default}
        try:
            value = getattr(self, row.kind)(name, validate=row.check, **given)
        except EnvNotSetError:
            self.problems.append(f"{name}: is not set ({row.about})")
        except EnvError as error:
            why = getattr(error, "error_messages", None) or [str(error)]
            self.problems.append(f"{name}: {' '.join(why)} ({row.about})")
        else:
            return tuple(value) if row.kind == "list" else value
        return None

    def values(self, kind: type[Any], prefix: str = "") -> dict[str, Any]:
        """Keyword arguments for a dataclass; look at `problems` before using them."""
        found: dict[str, Any] = {}
        for each in fields(kind):
            if "variable" in each.metadata:
                found[each.name] = self.value(each, prefix)
                continue
            part, inner = each.metadata["group"], each.metadata["prefix"]
            if any(self.has(row.name) for row in variables(part, inner)):
                found[each.name] = part(**self.values(part, inner))
        return found
