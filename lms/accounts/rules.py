"""Who may see what of the accounts."""

import rules

rules.add_perm("accounts.view_sentmessage", rules.is_staff)
