"""The interface: the words that the site has of its own, in the language that onrecord.toml chooses (GNU gettext).

All of them are in site/locale/onrecord.pot. A translation is read as translators write it, without being compiled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from gettext import GNUTranslations, NullTranslations, c2py
from io import BytesIO, StringIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from onrecord.problems import Problem
from onrecord.project import Project, ProjectError, default_folder
from onrecord.texts import read_text

FOLDER = "site/locale"
FILE = "LC_MESSAGES/onrecord.po"
# The language that the strings are written in.
ENGLISH = "en"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# Of a rule of plurals (Unicode CLDR), numbers of every kind that figures on pages have.
NUMBERS = range(200)


def mark(text: str) -> str:
    """A string that is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Interface:
    """The strings in one language, which are English unless it is said; ``for_scripts`` is what scripts need of them,
    empty where they need nothing."""

    language: str = ENGLISH
    translations: NullTranslations = field(default_factory=NullTranslations)
    for_scripts: Mapping[str, object] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        """Where its lines begin: ltr or rtl."""
        return _locale(self.language).text_direction

    def gettext(self, text: str, **values: str) -> str:
        """A string with values for its placeholders."""
        return self.translations.gettext(text) % values

    def name_language(self, tag: str) -> str:
        """What a language is called; its tag (BCP 47) where that has no name."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(_locale(self.language)) or tag
        except (UnknownLocaleError, ValueError):
            return tag

    def write_time(self, moment: datetime, pattern: str) -> str:
        """A time in words; the pattern is one of Unicode CLDR (UTS #35, part 4, section 8)."""
        return format_datetime(moment, pattern, locale=_locale(self.language))


def read_interface(project: Project) -> Interface:
    """The interface of a project. Raises ProjectError where its translation is not there or cannot be used."""
    if project.interface == ENGLISH:
        return Interface()
    file, path = _find(project)
    catalogue = _read(file, path, project.interface)
    if isinstance(catalogue, Problem):
        raise ProjectError(f"{file}: {catalogue.message} {catalogue.remedy}")
    packed = BytesIO()
    write_mo(packed, catalogue)
    packed.seek(0)
    return Interface(project.interface, GNUTranslations(packed), _collect_for_scripts(catalogue, project.interface))


def find_broken_translations(project: Project) -> list[Problem]:
    """What is wrong with the translations that a project has of its own, and with the one that it asks for."""
    own = sorted((project.root / FOLDER).glob(f"*/{FILE}"))
    files = {f"{FOLDER}/{path.parents[1].name}/{FILE}": (path, path.parents[1].name) for path in own}
    if project.interface != ENGLISH:
        file, path = _find(project)
        files.setdefault(file, (path, project.interface))
    found = (_read(file, path, language) for file, (path, language) in files.items())
    return [problem for problem in found if isinstance(problem, Problem)]


def locale_folders(project: Project) -> tuple[Path, ...]:
    """Where translations lie: the project's own before those of the package."""
    return project.root / FOLDER, default_folder("site") / "locale"


def _find(project: Project) -> tuple[str, Path]:
    name = f"{project.interface.replace('-', '_')}/{FILE}"
    paths = [folder / name for folder in locale_folders(project)]
    return f"{FOLDER}/{name}", next((path for path in paths if path.exists()), paths[0])


def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))


def _read(file: str, path: Path, language: str) -> Catalog | Problem:
    if not path.exists():
        message = "The interface has no translation into this language."
        remedy = "Make one, as the README says, or choose another language in onrecord.toml."
        return Problem(file, None, "", "translation-missing", message, remedy)
    text = read_text(file, path)
    if isinstance(text, Problem):
        return text
    try:
        catalogue = read_po(StringIO(text), locale=language.replace("-", "_"), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        return _unusable(file, getattr(error, "lineno", None), f"This is not a gettext catalogue: {error}.")
    # What is fuzzy is not shown.
    broken = next((one for one in catalogue if one.id and not one.fuzzy and not _can_be_filled(one)), None)
    if broken:
        shown = broken.id if isinstance(broken.id, str) else broken.id[0]
        return _unusable(file, broken.lineno, f"The translation of {shown!r} cannot be filled with its values.")
    return catalogue


def _unusable(file: str, line: int | None, message: str) -> Problem:
    remedy = (
        "Mend it: it may hold the placeholders of the English string, such as %(count)s, and %% for a percent sign."
    )
    return Problem(file, line, "", "translation-unusable", message, remedy)


def _can_be_filled(message: Message) -> bool:
    values = {name: "" for text in _texts(message.id) for name in PLACEHOLDER.findall(text)}
    try:
        return all(isinstance(text % values, str) for text in _texts(message.string))
    except (KeyError, TypeError, ValueError):
        return False


def _texts(one: str | Iterable[str] | None) -> list[str]:
    return [one] if isinstance(one, str) else list(one or ())


def _collect_for_scripts(catalogue: Catalog, language: str) -> Mapping[str, object]:
    """The translated strings of scripts, and which form of a plural stands for which category of numbers."""
    category, form = _locale(language).plural_form, c2py(catalogue.plural_expr)
    return {
        "language": language,
        "forms": {category(number): form(number) for number in reversed(NUMBERS)},
        "words": dict(_words_of_scripts(catalogue)),
    }


def _words_of_scripts(catalogue: Catalog) -> Iterator[tuple[str, list[str]]]:
    for message in catalogue:
        in_script = any(file.endswith(".js") for file, _ in message.locations)
        if in_script and all(_texts(message.string)) and not message.fuzzy:
            yield _texts(message.id)[0], _texts(message.string)
