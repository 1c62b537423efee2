"""A document as a list of blocks, written as Markdown or as one page of HTML that needs nothing else.

Text may have `code`, **bold** and *italic*, and symbols with an index such as σ_c, which HTML sets low.
"""

import base64
import html
import re
import textwrap
from dataclasses import dataclass

WIDTH = 128

STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
  color: #1a1a1a; background: #fff; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2.2rem; } h3 { font-size: 1.05rem; }
p, li, figcaption { max-width: 52rem; }
sub { line-height: 0; } .number { white-space: nowrap; }
code { font: 0.9em ui-monospace, Menlo, Consolas, monospace; background: #f2f2f2; padding: 0 0.2em; }
.table { overflow-x: auto; margin: 1rem 0; border: 1px solid #ddd; width: fit-content; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.8rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.4rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #e4e4e4; }
th { background: #f2f2f2; vertical-align: bottom; white-space: normal; } .text { text-align: left; }
td.wide { white-space: normal; min-width: 9rem; }
tr.marked td { background: #fff3dd; }
li { margin-bottom: 0.4rem; } ul { padding-left: 1.4rem; }
figure { margin: 1.5rem 0; } .picture { overflow-x: auto; } .picture img { max-width: 100%; height: auto; display: block; }
.picture img.two { min-width: 38rem; } /* two panels beside each other cannot be read if smaller: they scroll */
figcaption { font-size: 0.9rem; margin-top: 0.5rem; color: #333; }
"""


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Bullets:
    items: list


@dataclass(frozen=True)
class Table:
    """`text_columns` are set to the left; those of `wide_columns` may break into lines; rows of `marked` are set off."""

    header: list
    rows: list
    text_columns: tuple = ()
    wide_columns: tuple = ()
    marked: tuple = ()


@dataclass(frozen=True)
class Picture:
    """`width` is that on the page, in pixels, where there is room; with `two_panels` it scrolls rather than shrinks."""

    file: str
    alt: str
    caption: str
    width: int
    two_panels: bool


def wrapped(text, first="", later=""):
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)


def markdown_table(block):
    def line(cells):
        return "| " + " | ".join(cells) + " |"

    rule = ["---" if column in block.text_columns else "---:" for column in range(len(block.header))]
    return "\n".join([line(block.header), line(rule), *map(line, block.rows)])


def markdown_block(block):
    if isinstance(block, Heading):
        return "#" * block.level + " " + block.text
    if isinstance(block, Paragraph):
        return wrapped(block.text)
    if isinstance(block, Bullets):
        return "\n".join(wrapped(item, "- ", "  ") for item in block.items)
    if isinstance(block, Table):
        return markdown_table(block)
    return f"![{block.alt}]({block.file})\n\n" + wrapped(block.caption)


def markdown(blocks):
    return "\n\n".join(map(markdown_block, blocks)) + "\n"


def inline(text):
    """Text as HTML. What stands in backquotes is left as it is."""
    parts = html.escape(text, quote=False).split("`")
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = f"<code>{part}</code>"
            continue
        part = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", part)
        part = re.sub(r"(?<!\w)\*([^*\s][^*]*?)\*(?!\w)", r"<i>\1</i>", part)
        part = re.sub(r"(?<=[A-Za-zσε])_(ia|[A-Za-z∞])(?![a-z])", r"<sub>\1</sub>", part)
        parts[i] = re.sub(r"\d[\d.]*e-\d+", r'<span class="number">\g<0></span>', part)
    return "".join(parts)


def html_table(block):
    def cell(tag, column, text):
        classes = [name for name, columns in (("text", block.text_columns), ("wide", block.wide_columns)) if column in columns]
        attribute = f' class="{" ".join(classes)}"' if classes else ""
        return f"<{tag}{attribute}>{inline(text)}</{tag}>"

    def line(tag, cells, attribute=""):
        return f"<tr{attribute}>" + "".join(cell(tag, column, text) for column, text in enumerate(cells)) + "</tr>"

    rows = [line("td", row, ' class="marked"' if i in block.marked else "") for i, row in enumerate(block.rows)]
    head = "<thead>" + line("th", block.header) + "</thead>"
    return "\n".join(['<div class="table" tabindex="0"><table>', head, "<tbody>", *rows, "</tbody></table></div>"])


def html_block(block, folder):
    if isinstance(block, Heading):
        return f"<h{block.level}>{inline(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{inline(block.text)}</p>"
    if isinstance(block, Bullets):
        return "<ul>\n" + "\n".join(f"<li>{inline(item)}</li>" for item in block.items) + "\n</ul>"
    if isinstance(block, Table):
        return html_table(block)
    picture = base64.b64encode((folder / block.file).read_bytes()).decode("ascii")
    panels = ' class="two"' if block.two_panels else ""
    return (f'<figure><div class="picture" tabindex="0"><img{panels} width="{block.width}" alt="{html.escape(block.alt)}" '
            f'src="data:image/png;base64,{picture}"></div>\n<figcaption>{inline(block.caption)}</figcaption></figure>')


def web_page(title, blocks, folder):
    """One page; the pictures, read from FOLDER, are inside."""
    head = (f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>")
    body = "\n".join(html_block(block, folder) for block in blocks)
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'
