"""What a notebook finds installed where it runs: the environments that an author may choose."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Environment:
    """`contains` names packages as `pip` does."""

    label: str
    contains: tuple[str, ...]


DEFAULT_ENVIRONMENT = "python-data"
ENVIRONMENTS = {
    DEFAULT_ENVIRONMENT: Environment(
        label=_("Python for data and machine learning"),
        contains=("numpy", "pandas", "scipy", "scikit-learn", "matplotlib"),
    ),
}


def environment_choices() -> list[tuple[str, str]]:
    return [(name, environment.label) for name, environment in ENVIRONMENTS.items()]
