"""What happens to people's accounts."""

from lms.accounts.domain.identifiers import find_by_identifier, identifier_value, set_identifier
from lms.accounts.domain.sessions import end_sessions

__all__ = ["end_sessions", "find_by_identifier", "identifier_value", "set_identifier"]
