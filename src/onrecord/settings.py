"""The settings of onrecord.toml, and every mistake in them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urljoin, urlsplit

from babel import Locale, UnknownLocaleError
from rdflib import URIRef

from onrecord.store import fault_of

CONFIG = "onrecord.toml"
TEXTS = ("title", "description", "version", "licence", "licence_note", "errors_note")
# What stands for a setting that is left out.
DEFAULTS: Mapping[str, object] = {
    "errors_note": "",
    "interface": "en",
    "whole_texts": [],
}
# A language tag and the name of a prefix, as strict as any reader of them (RFC 5646; Turtle, section 6.5).
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
PREFIX = re.compile(r"([^\W\d_]([\w.-]*[\w-])?)?")


def find_mistakes(settings: Mapping[str, object], text: str) -> list[str]:
    """What is wrong with the settings, a line for each mistake; ``text`` is the file that they were read from."""
    found = list(_find_keys(settings))
    for key, check in CHECKS.items():
        if settings.get(key) is not None:
            found += [(key, mistake) for mistake in check(key, settings[key])]
    if not _check_base("base", settings.get("base")) and isinstance(settings.get("prefixes"), dict):
        found += _find_unusable_spaces(settings)
    return [f"{CONFIG}{_line_of(key, text)}: {mistake}" for key, mistake in found]


def _find_keys(settings: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    missing = [key for key in CHECKS if settings.get(key, DEFAULTS.get(key)) is None]
    if missing:
        yield "", f"missing {', '.join(missing)}. Add a line for each, as in the README."
    for key in settings.keys() - CHECKS.keys():
        near = difflib.get_close_matches(key, CHECKS, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        yield key, f"there is no setting {key!r}. {hint}The settings are {', '.join(CHECKS)}."


def _check_text(key: str, value: object) -> list[str]:
    return [] if isinstance(value, str) else [f"{key} is {value!r}. Write a text in quotation marks."]


def _check_base(key: str, value: object) -> list[str]:
    if not isinstance(value, str):
        return _check_text(key, value)
    why = find_address_fault(value)
    if why is None and set(value) & set("?#"):
        why = "has a query or a fragment"
    if why is None and {".", ".."} & set(urlsplit(value).path.split("/")):
        why = "has dots for folders"
    return [f"The {key} {value!r} {why}. Give an absolute http or https address."] if why else []


def find_address_fault(value: str) -> str | None:
    """Why a text is not an absolute http or https address; None if it is one."""
    try:
        parts = urlsplit(value)
    except ValueError as error:
        return f"is not an address: {error}"
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return "is not an absolute http or https address"
    why = fault_of(URIRef(value))
    return f"is not an address: {why}" if why else None


def _check_licence(key: str, value: object) -> list[str]:
    if not isinstance(value, str):
        return _check_text(key, value)
    why = find_address_fault(value)
    return (
        [f"The {key} {value!r} {why}. Give the address where it can be read; licence_note is for words."] if why else []
    )


def _check_languages(key: str, value: object) -> list[str]:
    tags = value if isinstance(value, list) else []
    if tags and all(isinstance(tag, str) and LANGUAGE.fullmatch(tag) for tag in tags):
        return []
    return [f'{key} is {value!r}. Write a list of language tags, such as ["en"].']


def _check_interface(key: str, value: object) -> list[str]:
    if isinstance(value, str) and LANGUAGE.fullmatch(value) and _is_known(value):
        return []
    return [f'{key} is {value!r}, which is no language that the dates can be written in. Write a tag, such as "en".']


def _is_known(tag: str) -> bool:
    try:
        Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _check_articles(key: str, value: object) -> list[str]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return []
    return [f'{key} is {value!r}. Write a list of articles, such as ["article/000"], or leave it out.']


def _check_prefixes(key: str, value: object) -> list[str]:
    if not isinstance(value, dict):
        return [f"{key} is {value!r}. Write a section [prefixes] with a line for each."]
    names = [
        f"The prefix {name!r} is no name. Begin with a letter, go on with letters and digits."
        for name in value
        if not PREFIX.fullmatch(name)
    ]
    return names + [
        f"The prefix {name!r} is {space!r}. Write an IRI in quotation marks."
        for name, space in value.items()
        if not isinstance(space, str)
    ]


def _find_unusable_spaces(settings: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    base, prefixes = str(settings["base"]), settings["prefixes"]
    for name, space in prefixes.items() if isinstance(prefixes, dict) else ():
        why = _space_fault(base, space) if isinstance(space, str) else None
        if why:
            yield name, f"The prefix {name!r} stands for {space!r}, which is not an IRI: {why}. Correct it."


def _space_fault(base: str, space: str) -> str | None:
    try:
        return fault_of(URIRef(urljoin(base, space)))
    except ValueError as error:
        return str(error)


def _line_of(key: str, text: str) -> str:
    found = re.search(rf'^\s*"?{re.escape(key)}"?\s*=|^\s*\[{re.escape(key)}\]', text, re.MULTILINE) if key else None
    return f":{text.count(chr(10), 0, found.end()) + 1}" if found else ""


# Each setting, in the order of the README, and what finds the mistakes in its value.
CHECKS: Mapping[str, Callable[[str, object], list[str]]] = {
    "base": _check_base,
    "title": _check_text,
    "description": _check_text,
    "version": _check_text,
    "licence": _check_licence,
    "licence_note": _check_text,
    "errors_note": _check_text,
    "languages": _check_languages,
    "interface": _check_interface,
    "whole_texts": _check_articles,
    "prefixes": _check_prefixes,
}
