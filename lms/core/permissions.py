"""How a view demands a permission."""

from django.core.exceptions import PermissionDenied


def demand(request, permission, thing):
    """Let only those go on who hold `permission` for `thing`; the others are told 403."""
    if not request.user.has_perm(permission, thing):
        raise PermissionDenied
