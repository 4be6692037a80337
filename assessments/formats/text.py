"""Text of other systems: its encoding, its formats, and names made from it."""

import re
from hashlib import sha256
from html import escape, unescape

from markdown_it import MarkdownIt

_BOMS = [
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
]
_TAG = re.compile(
    r"</?(?:a|abbr|audio|b|big|blockquote|br|caption|center|cite|code|col|colgroup|dd|del|div|dl|dt|em|embed|figure"
    r"|figcaption|font|h[1-6]|hr|i|iframe|img|ins|kbd|li|math|object|ol|p|pre|q|s|samp|script|small|source|span|strike"
    r"|strong|style|sub|sup|svg|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE | re.DOTALL,
)
_BLOCK = re.compile(r"<(?:p|div|ul|ol|table|pre|h[1-6]|blockquote|dl|figure)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?!(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);)")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def decode(data: bytes) -> str:
    """Return `data` as text with plain line ends: UTF-8 or UTF-16 where it is that, else Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            break
    else:
        text = _decode_unmarked(data)
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def _decode_unmarked(data: bytes) -> str:
    head = data[:2000]
    if len(head) > 3 and head.count(0) > len(head) // 4:  # noqa: PLR2004  said by the words beside it
        return data.decode(
            "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be", "replace"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _without_comments(html: str) -> str:
    """Return HTML without its comments; a comment that never ends is text."""
    parts, end = [], 0
    while (start := html.find("<!--", end)) >= 0 and (close := html.find("-->", start)) >= 0:
        parts.append(html[end:start])
        end = close + len("-->")
    return "".join([*parts, html[end:]])


def escape_stray(text: str) -> str:
    """Return HTML in which `<` and `&` that begin nothing of HTML are written as entities."""
    text = _without_comments(text)
    parts, end = [], 0
    for tag in _TAG.finditer(text):
        parts += [text[end : tag.start()].replace("<", "&lt;"), tag.group()]
        end = tag.end()
    parts.append(text[end:].replace("<", "&lt;"))
    return _ENTITY.sub("&amp;", "".join(parts))


def to_html(text: str, form: str = "moodle") -> str:
    """Return `text` as HTML. `form` is Moodle's word: html, plain, markdown, or moodle: HTML whose line ends count."""
    text = text.strip()
    if form == "plain":
        return escape(text, quote=False).replace("\n", "<br>")
    if form == "markdown":
        html = _MARKDOWN.render(text).strip()
        inner = html.removeprefix("<p>").removesuffix("</p>")
        return inner if html.startswith("<p>") and "<p>" not in inner else html
    html = escape_stray(text)
    if form == "moodle" and not _BLOCK.search(html):
        html = re.sub(r"(?<!<br>)(?<!<br/>)(?<!<br />)\n", "<br>", html)
    return html


def to_plain(html: str) -> str:
    """Return the words of `html` on one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html))).strip()


def unwrap(html: str) -> str:
    """Return `html` without the one paragraph around it, as a label wants it."""
    inner = re.fullmatch(r"\s*<(p|div)\b[^>]*>(.*)</\1>\s*", html, re.DOTALL | re.IGNORECASE)
    if inner and not re.search(r"<(?:p|div)\b", inner.group(2), re.IGNORECASE):
        return inner.group(2).strip()
    return (
        re.sub(r"\s*</p>\s*<p\b[^>]*>\s*", "<br>", html.strip()) if "</p>" in html else html.strip()
    )


def name_from(*candidates: str) -> str:
    """Return an identifier from the first of `candidates` that has letters or figures; from its hash if it has none."""
    for candidate in candidates:
        slug = re.sub(r"[^A-Za-z0-9_.\-]+", "-", candidate).strip("-")
        if len(slug) > 64:  # noqa: PLR2004  said by the words beside it
            return f"{slug[:55].rstrip('-')}-{sha256(candidate.encode()).hexdigest()[:8]}"
        if slug:
            return slug
    return name_by_content(" ".join(candidates))


def name_by_content(text: str) -> str:
    """Return an identifier that the same text always gets."""
    return f"q-{sha256(text.encode()).hexdigest()[:12]}"


def title_from(html: str) -> str:
    """Return a title from the first words of a question."""
    words = to_plain(html)
    return words if len(words) <= 80 else words[:79].rsplit(" ", 1)[0] + "…"  # noqa: PLR2004  said by the words beside it
