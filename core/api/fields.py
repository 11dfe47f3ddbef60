"""Field types of the wire: yuan, phones, bounded text, and the page frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import fields, validate

from core.ids import clean_phone
from core.money import Money, NotAnAmount

MAX_PAGE_SIZE = 100
MOST_WHOLE = 2**63 - 1
"""A larger number is no id, and no database takes it."""


class Yuan(fields.Field[Money]):
    """`Money` as a JSON number in yuan with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"type": "number", "format": "yuan", "example": 299.00,
                    **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _serialize(self, value: Money | None, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.to_yuan()

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Money:
        try:
            return Money.yuan(value)
        except NotAnAmount as error:
            raise ma.ValidationError(
                "an amount in yuan, not negative, at most two decimals") from error


class Phone(fields.String):
    """A mainland mobile number, cleaned to 11 digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        phone = clean_phone(text) if text is not None and len(text) < 40 else None
        if phone is None:
            raise ma.ValidationError("a mobile number of 11 digits")
        return phone


def text(most: int, *, least: int = 1, **kwargs: Any) -> fields.String:
    """Text of bounded length without NUL, so that every database takes it."""
    return fields.String(validate=[validate.Length(min=least, max=most), _without_nul], **kwargs)


def _without_nul(value: str) -> None:
    if "\x00" in value:
        raise ma.ValidationError("text without NUL")


class Input(ma.Schema):
    """A request body or query: unknown fields are ignored, as the seeds' clients send extras."""

    ALIASES: ClassVar[Mapping[str, str]] = {}
    """Other name → the field's name, for callers that say it differently; the field's own wins."""

    class Meta:
        unknown = ma.EXCLUDE

    @ma.pre_load
    def by_own_names(self, data: Any, **kwargs: Any) -> Any:
        if not isinstance(data, Mapping) or self.ALIASES.keys().isdisjoint(data):
            return data
        renamed = dict(data)
        for alias, name in self.ALIASES.items():
            if alias in renamed:
                renamed.setdefault(name, renamed[alias])
        return renamed

    @ma.validates_schema
    def within_any_database(self, data: dict[str, Any], **kwargs: Any) -> None:
        large = {name: ["too large"] for name, value in data.items()
                 if type(value) is int and not -MOST_WHOLE <= value <= MOST_WHOLE}
        if large:
            raise ma.ValidationError(large)


@dataclass(frozen=True, slots=True)
class _Line:
    """A field of an answer. `attribute` is None where the field makes its value of the whole
    object; a value of the type `as_is`, or None, needs nothing done."""

    key: str
    attribute: str | None
    as_is: type | None
    field: fields.Field[Any]


class Shown(ma.Schema):
    """An answer made of a service's values. They have attributes, mostly texts and numbers that
    are JSON already; marshmallow's general way (items, dotted names, formats) takes three times
    as long to find that out for each."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr, default)

    @cached_property
    def _lines(self) -> tuple[_Line, ...]:
        return tuple(_Line(
            name if field.data_key is None else field.data_key,
            (field.attribute or name) if field._CHECK_ATTRIBUTE else None,
            None if getattr(field, "as_string", False) else _AS_IS.get(type(field)),
            field) for name, field in self.dump_fields.items())

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        if many and obj is not None:
            return [self._serialize(each) for each in obj]
        shown = {}
        for line in self._lines:
            value = None if line.attribute is None else getattr(obj, line.attribute, ma.missing)
            if value is ma.missing:
                continue
            if line.as_is is None or (value is not None and type(value) is not line.as_is):
                value = line.field._serialize(value, line.key, obj)
            shown[line.key] = value
        return shown


_AS_IS: dict[type, type] = {fields.String: str, fields.Integer: int, fields.Boolean: bool}


class PageQuery(Input):
    """`page` and `page_size`; the seeds' `pageNum` and `pageSize` are aliases."""

    ALIASES = {"pageNum": "page", "pageSize": "page_size"}
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    page_size = fields.Integer(load_default=20, validate=validate.Range(min=1, max=10_000))

    @ma.post_load
    def cap(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        data["page_size"] = min(data["page_size"], MAX_PAGE_SIZE)
        return data


def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """The page frame `{"items", "total", "page", "page_size"}` around one item schema."""
    name = item.__name__.removesuffix("Schema") + "PageSchema"
    if name not in _pages:
        _pages[name] = type(name, (ma.Schema,), {
            "items": fields.List(fields.Nested(item)),
            "total": fields.Integer(),
            "page": fields.Integer(),
            "page_size": fields.Integer(),
        })
    return _pages[name]


_pages: dict[str, type[ma.Schema]] = {}
