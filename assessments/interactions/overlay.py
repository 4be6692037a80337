"""What is drawn over a picture: outlines with numbers, in the picture's own pixels. For the eye only."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assessments.interactions.geometry import corners, middle
from assessments.interactions.shapes import Area, Picture, Region


def _outline(region: Region) -> SafeString:
    if region.shape == "circle":
        x, y, radius = region.coords
        return format_html('<circle cx="{}" cy="{}" r="{}"/>', x, y, abs(radius))
    points = " ".join(f"{x},{y}" for x, y in corners(region))
    return format_html('<polygon points="{}"/>', points)


def overlay(picture: Picture, areas: Sequence[Area]) -> SafeString:
    size = max(picture.width, picture.height) // 24 + 1
    drawn = format_html_join(
        "",
        '<g>{}<text x="{}" y="{}" font-size="{}">{}</text></g>',
        (
            (_outline(area), *(round(part, 1) for part in middle(area)), size, number)
            for number, area in enumerate(areas, start=1)
        ),
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" aria-hidden="true" focusable="false" preserveAspectRatio="none">{}</svg>',
        picture.width,
        picture.height,
        drawn,
    )
