"""Who may do what with questions in Wagtail: its groups say what, the bank says which."""

from wagtail.permission_policies import ModelPermissionPolicy

from assessments.models import ItemBank


class BankPolicy(ModelPermissionPolicy):
    """Wagtail's permissions on the model, and beyond them only what is in a bank that the person may use."""

    def _is_visible(self, user, instance):
        bank = instance.pk if isinstance(instance, ItemBank) else instance.bank_id
        return not bank or bank in self._banks_of(user)

    def _banks_of(self, user):
        """The ids of a person's banks, asked once a request: a list asks for each of its rows."""
        cached = f"{self.__class__.__name__}_banks"
        if not hasattr(user, cached):
            setattr(
                user, cached, set(ItemBank.objects.visible_to(user).values_list("pk", flat=True))
            )
        return getattr(user, cached)

    def user_has_permission_for_instance(self, user, action, instance):
        return super().user_has_permission_for_instance(
            user, action, instance
        ) and self._is_visible(user, instance)

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return any(
            self.user_has_permission_for_instance(user, action, instance) for action in actions
        )

    def instances_user_has_any_permission_for(self, user, actions):
        allowed = super().instances_user_has_any_permission_for(user, actions)
        if self.model is ItemBank:
            return allowed & ItemBank.objects.visible_to(user)
        return allowed.filter(bank__in=ItemBank.objects.visible_to(user))
