"""The addresses of the second step, of sessions, and of what happened to an account."""

from django.urls import path

from portals.account import second_step, security, sessions, teams

security_patterns = [
    path("second-step/", second_step.second_step, name="account_second_step"),
    path("second-step/code/", second_step.second_step_code, name="account_second_step_code"),
    path("security/", security.security, name="account_security"),
    path("security/app/", security.app, name="account_app"),
    path("security/app/removal/", security.app_removal, name="account_app_removal"),
    path("security/recovery-codes/", security.recovery_codes, name="account_recovery_codes"),
    path("security/recovery-codes.txt", security.recovery_codes_file, name="account_recovery_codes_file"),
    path("security/recovery-codes/kept/", security.recovery_codes_kept, name="account_recovery_codes_kept"),
    path("security/sessions/end/", sessions.sessions_end, name="account_sessions_end"),
    path("security/sessions/<int:session_id>/end/", sessions.session_end, name="account_session_end"),
    path("invitations/<slug:key>/", teams.invitation, name="account_invitation"),
]
