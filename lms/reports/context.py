"""Whether the reader has a staff page: asked by the frame of every page, so it costs one query at most."""

from django.utils.functional import SimpleLazyObject

from lms.organisations.rules import has_staff_role


def staff(request):

    def has_staff_page():
        user = getattr(request, "user", None)  # an error page may come before sign-in is read
        return bool(user and user.is_authenticated and (user.is_staff or has_staff_role(user)))

    return {"has_staff_page": SimpleLazyObject(has_staff_page)}
