"""What a memo is made of, whatever it is rendered as: headings, paragraphs, lists, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Paragraph:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Points:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first `left` columns are words, the others numbers."""

    name: str  # of its files
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True)
class Picture:
    """A figure of the study by name."""

    name: str
    caption: str


Block = Paragraph | Points | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Memo:
    """The whole memo."""

    title: str
    subtitle: str
    summary: tuple[str, ...]  # what a reader takes away who reads no further
    sections: tuple[Section, ...] = field(default=())

    def tables(self) -> list[Table]:
        """Every table, in order."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Table)]

    def pictures(self) -> list[Picture]:
        """Every figure, in order."""
        return [block for section in self.sections for block in section.blocks if isinstance(block, Picture)]
