"""Django's mail backend, which also says when a letter is about to leave our hands."""

import smtplib
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.mail.backends import smtp

START_TEXT = 354  # what a mail server says when it waits for the text of a letter (RFC 5321, 4.2.3)


class _Conversation(smtplib.SMTP):
    """One conversation with a mail server. `before_text` is called when the server waits for the text: until it
    returns no word of the letter is on its way, and what it raises ends the conversation."""

    def __init__(self, *arguments: Any, before_text: Callable[[], object], **options: Any) -> None:
        self._before_text = before_text
        super().__init__(*arguments, **options)

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()
        if code == START_TEXT:
            try:
                self._before_text()
            except BaseException:
                self.close()  # a goodbye would be taken for the text
                raise
        return code, words


class _Encrypted(_Conversation, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    def __init__(self, *arguments: Any, before_text: Callable[[], object] = lambda: None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._before_text = before_text

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:
        return partial(_Encrypted if self.use_ssl else _Conversation, before_text=self._before_text)


def is_refusal(error: Exception) -> bool:
    """Whether this is a mail server's plain no. After anything else that ends a conversation it may have the letter."""
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 400
