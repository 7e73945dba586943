"""The addresses of profile, picture, dependents and of what becomes of one's data."""

from django.urls import path

from portals.account import dependents, own_data, picture, profile

profile_patterns = [
    path("profile/", profile.profile, name="account_profile"),
    path("profile/picture/", picture.picture, name="account_picture"),
    path("profile/picture/address/", picture.picture_address, name="account_picture_address"),
    path("profile/picture/removal/", picture.picture_removal, name="account_picture_removal"),
    path("dependents/", dependents.dependents, name="account_dependents"),
    path("dependents/new/", dependents.dependent_new, name="account_dependent_new"),
    path("dependents/<int:dependent_id>/", dependents.dependent, name="account_dependent"),
    path("dependents/<int:dependent_id>/removal/", dependents.dependent_removal, name="account_dependent_removal"),
    path("data/", own_data.data, name="account_data"),
    path("deletion/", own_data.deletion, name="account_deletion"),
    path("deletion/proof/", own_data.deletion_proof, name="account_deletion_proof"),
    path("deletion/code/", own_data.deletion_code, name="account_deletion_code"),
    path("deletion/done/", own_data.deleted, name="account_deleted"),
]
