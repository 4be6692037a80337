"""News of accounts for the apps above; sent on commit."""

from django.dispatch import Signal

access_ended = Signal()  # user: signed out everywhere, or their account was closed
