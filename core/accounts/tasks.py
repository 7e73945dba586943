from core.accounts import actions
from core.outbox.tasks import outbox_task


@outbox_task("accounts.delete_picture", outside=True)
def delete_picture(name: str) -> None:
    """Delete the file of a picture that is gone."""
    actions.delete_file(name)
