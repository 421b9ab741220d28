"""Where authors can be followed, and the line that says so."""

import re

from django.core.exceptions import ValidationError
from django.db import models


def follow_line(first_name: str, links: list[dict[str, str]]) -> str:
    if not links:
        return ""
    places = [f"{link['preposition']} {link['shown']}" for link in links]
    listed = places[0] if len(places) == 1 else ", ".join(places[:-1]) + " and " + places[-1]
    return f"Follow {first_name} {listed}."


class Site(models.TextChoices):
    """The network's own name for each site, as the follow line prints it."""

    TWITTER = "twitter", "Twitter"
    MASTODON = "mastodon", "Mastodon"
    BLUESKY = "bluesky", "Bluesky"
    INSTAGRAM = "instagram", "Instagram"
    THREADS = "threads", "Threads"
    LINKEDIN = "linkedin", "LinkedIn"
    WEBSITE = "website", "Website"


ADDRESSES = {
    Site.TWITTER: "https://twitter.com/{}",
    Site.BLUESKY: "https://bsky.app/profile/{}",
    Site.INSTAGRAM: "https://www.instagram.com/{}/",
    Site.THREADS: "https://www.threads.net/@{}",
    Site.LINKEDIN: "https://www.linkedin.com/in/{}/",
}
HANDLES = {
    Site.TWITTER: r"[A-Za-z0-9_]{1,15}",
    Site.MASTODON: r"[A-Za-z0-9_.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    Site.BLUESKY: r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    Site.INSTAGRAM: r"[A-Za-z0-9_.]{1,30}",
    Site.THREADS: r"[A-Za-z0-9_.]{1,30}",
    Site.LINKEDIN: r"[A-Za-z0-9-]{3,100}",
    Site.WEBSITE: r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/[^\s<>\"]*)?",
}
WRONG = {
    Site.TWITTER: "A Twitter handle has at most 15 letters, digits and underscores, such as @stevengberman.",
    Site.MASTODON: "A Mastodon handle names its server too, such as @maren@tidal.example.",
    Site.BLUESKY: "A Bluesky handle looks like a domain, such as maren.bsky.social.",
    Site.INSTAGRAM: "An Instagram handle has at most 30 letters, digits, dots and underscores.",
    Site.THREADS: "A Threads handle has at most 30 letters, digits, dots and underscores.",
    Site.LINKEDIN: "Give what follows linkedin.com/in/ in your profile's address: letters, digits and hyphens.",
    Site.WEBSITE: "Give the whole address of your website, such as https://maren.example.",
}
_TAIL = r"/?(?:[?#].*)?"
PROFILES = {
    Site.TWITTER: r"(?:(?:www|mobile)\.)?(?:twitter|x)\.com/@?([^/?#]+)" + _TAIL,
    Site.BLUESKY: r"(?:www\.)?bsky\.app/profile/@?([^/?#]+)" + _TAIL,
    Site.INSTAGRAM: r"(?:www\.)?instagram\.com/@?([^/?#]+)" + _TAIL,
    Site.THREADS: r"(?:www\.)?threads\.(?:net|com)/@?([^/?#]+)" + _TAIL,
    Site.LINKEDIN: r"(?:[a-z]{2,3}\.)?linkedin\.com/in/([^/?#]+)" + _TAIL,
}
MASTODON_PROFILE = re.compile(r"https?://([^/?#@]+)/(?:@|users/)([^/?#@]+)" + _TAIL)


def handle_from(site: str, typed: str) -> str:
    """The handle in what somebody typed or pasted: the address of a profile, or a handle with its @."""
    typed = typed.strip().removeprefix("@")
    if site == Site.WEBSITE:
        return typed if "://" in typed or not typed else f"https://{typed}"
    if site == Site.MASTODON and (match := MASTODON_PROFILE.fullmatch(typed)):
        return f"{match[2]}@{match[1]}"
    profile = PROFILES.get(Site(site)) if site in Site.values else None
    if profile and (match := re.fullmatch(rf"(?:https?://)?{profile}", typed, re.IGNORECASE)):
        return match[1]
    return typed


class SocialLink(models.Model):
    """Where an author can be followed. The handle is kept without its leading @; a website is its whole address."""

    author = models.ForeignKey("authors.Author", on_delete=models.PROTECT, related_name="links")
    site = models.CharField(max_length=12, choices=Site)
    handle = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "site"], name="one_link_per_site"),
            models.CheckConstraint(condition=models.Q(site__in=Site.values), name="social_site_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_site_display()} {self.handle}"

    def clean(self) -> None:
        """Keep the bare handle, also of a pasted address."""
        self.handle = handle_from(self.site, self.handle)
        if self.handle and self.site in HANDLES and not re.fullmatch(HANDLES[Site(self.site)], self.handle):
            raise ValidationError({"handle": WRONG[Site(self.site)]})

    @property
    def address(self) -> str:
        if self.site == Site.WEBSITE:
            return self.handle
        if self.site == Site.MASTODON:
            name, host = self.handle.split("@", 1)
            return f"https://{host}/@{name}"
        return ADDRESSES[Site(self.site)].format(self.handle)

    def frozen(self) -> dict[str, str]:
        """As a byline keeps it: how it is printed and where it leads."""
        if self.site == Site.WEBSITE:
            words = self.handle.split("://", 1)[-1].rstrip("/")
            return {"preposition": "at", "shown": words, "site": "", "handle": words, "address": self.address}
        name = str(self.get_site_display())
        handle = self.handle if self.site == Site.LINKEDIN else f"@{self.handle}"
        return {
            "preposition": "on",
            "shown": f"{name} {handle}",
            "site": name,
            "handle": handle,
            "address": self.address,
        }
