from django.urls import path

from lms.organisations.views import identity_providers, partners, people

app_name = "organisations"
urlpatterns = [
    path("partners/<slug:slug>/", partners.portal, name="portal"),
    path("partners/<slug:slug>/colours.css", partners.portal_colours, name="portal_colours"),
    path("o/<slug:organisation>/portal/", partners.portal_edit, name="portal_edit"),
    path(
        "o/<slug:organisation>/portal/news/<int:pk>/delete/",
        partners.news_delete,
        name="news_delete",
    ),
    path("o/<slug:organisation>/agreements/", partners.agreement_list, name="agreement_list"),
    path("o/<slug:organisation>/rename/", partners.rename, name="rename"),
    path("o/<slug:organisation>/permissions/", people.permission_list, name="permission_list"),
    path("o/<slug:organisation>/people/", people.people_list, name="people_list"),
    path("o/<slug:organisation>/people/roles/", people.role_give, name="role_give"),
    path("o/<slug:organisation>/people/roles/<int:pk>/end/", people.role_end, name="role_end"),
    path("o/<slug:organisation>/recoveries/", people.recovery_list, name="recovery_list"),
    path("o/<slug:organisation>/recoveries/new/", people.recovery_new, name="recovery_new"),
    path(
        "o/<slug:organisation>/recoveries/<int:pk>/", people.recovery_decide, name="recovery_decide"
    ),
    path("recovery/<uuid:public_id>/", people.recovery_complete, name="recovery_complete"),
    path("o/<slug:organisation>/duplicates/", people.duplicate_list, name="duplicate_list"),
    path("o/<slug:organisation>/duplicates/<int:kept>/<int:merged>/", people.merge, name="merge"),
    path("o/<slug:organisation>/merges/<int:pk>/undo/", people.merge_undo, name="merge_undo"),
    path(
        "o/<slug:organisation>/identity-providers/",
        identity_providers.provider_list,
        name="provider_list",
    ),
    path(
        "o/<slug:organisation>/identity-providers/new/",
        identity_providers.provider_edit,
        name="provider_new",
    ),
    path(
        "o/<slug:organisation>/identity-providers/<int:pk>/",
        identity_providers.provider_edit,
        name="provider_edit",
    ),
]
