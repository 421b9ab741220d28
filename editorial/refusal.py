class Refused(Exception):
    """A step or a save that does not happen, and why: one plain sentence for each missing thing."""

    def __init__(self, *sentences: str):
        super().__init__(*sentences)
        self.sentences = list(sentences)

    def __str__(self) -> str:
        return " ".join(self.sentences)


class Conflict(Refused):
    """Somebody saved the same piece since this person opened it. Nothing was overwritten."""
