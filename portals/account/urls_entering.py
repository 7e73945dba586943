"""The addresses of registering, of passwords, and of one's mail address and number."""

from allauth.account import views as allauth
from django.urls import path

from portals.access import open_to_all
from portals.account import contacts, passwords, registering, resetting

entering_patterns = [
    path("logout/", open_to_all(allauth.logout), name="account_logout"),
    path("inactive/", open_to_all(allauth.account_inactive), name="account_inactive"),
    path("signup/", registering.register, name="account_signup"),
    path("signup/code/", registering.register_code, name="account_signup_code"),
    path("password/reset/", resetting.forgotten, name="account_reset_password"),
    path("password/reset/code/", resetting.reset_code, name="account_reset_code"),
    path("password/reset/new/", resetting.new_password, name="account_new_password"),
    path("password/change/", passwords.change_password, name="account_change_password"),
    path("password/strength/", passwords.password_strength, name="account_password_strength"),
    path("email/", contacts.email, name="account_email"),
    path("email/code/", contacts.email_code, name="account_email_code"),
    path("mobile/", contacts.mobile, name="account_mobile"),
    path("mobile/code/", contacts.mobile_code, name="account_mobile_code"),
    path("mobile/removal/", contacts.mobile_removal, name="account_mobile_removal"),
]
