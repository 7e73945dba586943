"""What carries messages: Stripe's webhooks, the relay, the broker and the workers. None of them is to be trusted."""

import random
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from smtplib import SMTPException
from typing import Any
from unittest import mock

from celery import current_app
from django.db import transaction

from core.flows.tests.simulation.clock import Clock
from core.flows.tests.simulation.stripe import Json
from core.outbox.actions import take_waiting
from core.outbox.models import Message
from core.payments import actions as payments
from core.payments.gateway import GatewayAway

# Foyer can do without hearing of these: it asks by itself.
CAN_BE_LOST = {
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
}
PERIODIC = (
    "flows.complete_unfinished",
    "seating.tell_lapsed",
    "audit.seal",
    "ledger.snapshot_balances",
    "flows.forget_old",
)


class Post:
    """Webhooks on their way."""

    def __init__(self, dice: random.Random, clock: Clock) -> None:
        self.dice, self.clock = dice, clock
        self.letters: list[Json] = []

    def carry(self, event: Json) -> None:
        """Stripe hands over an event."""
        self.letters.append(event)

    def deliver(self) -> str:
        """Any of them arrives, perhaps not for the last time, perhaps never."""
        letter = self.dice.choice(self.letters)
        fate = self.dice.random()
        if fate > 0.2:
            self.letters.remove(letter)
        if fate > 0.95 and letter["type"] in CAN_BE_LOST:
            return f"{letter['type']} lost"
        payments.receive(letter, now=self.clock.now)
        return f"{letter['type']} {letter['data']['object'].get('id', '')}"

    def deliver_all(self) -> None:
        """Everything arrives, but for what is lost."""
        while self.letters:
            letter = self.letters.pop(0)
            if letter["type"] not in CAN_BE_LOST or self.dice.random() > 0.1:
                payments.receive(letter, now=self.clock.now)


class Mailbox:
    """The mail server, and all that it has taken."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.unwell = True
        self.mails: Counter[str] = Counter()

    def send(self, mail: str) -> None:
        """Take one mail, or fail."""
        if self.unwell and self.dice.random() < 0.1:
            raise SMTPException("busy")
        self.mails[mail] += 1

    def instead(self) -> AbstractContextManager[Any]:
        """Inside, mails come here, unwritten: what they say is tested where they are written."""
        stack = ExitStack()
        stack.enter_context(mock.patch("core.notifications.messages.write", lambda delivery, now: delivery.once_key))
        stack.enter_context(mock.patch("core.notifications.gateway.send", self.send))
        return stack


class Workers:
    """Relay, broker and workers."""

    def __init__(self, dice: random.Random, clock: Clock) -> None:
        self.dice, self.clock = dice, clock
        self.broker: list[Message] = []

    def relay(self) -> str:
        """Hand over what is due, or find the broker away and lose it on the way."""
        messages = take_waiting(now=self.clock.now)
        if self.dice.random() < 0.1:
            return f"{len(messages)} handed over and lost"
        self.broker += messages
        return f"{len(messages)} handed over"

    def work(self) -> str:
        """A worker takes any message, perhaps again."""
        message = self.dice.choice(self.broker)
        fate = self.dice.random()
        if fate > 0.2:
            self.broker.remove(message)
        if fate > 0.95 and message.task == "flows.handle_stripe_event":
            with transaction.atomic():
                self.run(message)
                transaction.set_rollback(True)
            return f"{message.task} killed before the commit"
        return f"{message.task} {self.run(message)}"

    def run(self, message: Message) -> str:
        """One task with its message. What is away may be away; nothing else may fail."""
        try:
            current_app.tasks[message.task](message_id=message.pk, **message.arguments)
        except (GatewayAway, SMTPException) as error:
            return f"failed: {type(error).__name__}"
        return "done"

    def periodic(self) -> str:
        """One of the tasks that run by the clock."""
        name = self.dice.choices(PERIODIC, (8, 3, 2, 1, 1))[0]
        self.run_periodic(name)
        return name

    def run_periodic(self, name: str) -> None:
        """That one."""
        current_app.tasks[name]()

    def run_all(self) -> int:
        """Everything that is due is handed over and done; how many."""
        self.broker.clear()
        messages = take_waiting(now=self.clock.now)
        for message in messages:
            self.run(message)
        return len(messages)
