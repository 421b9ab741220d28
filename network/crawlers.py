"""The AI crawlers that robots.txt can refuse: by what name, who runs each, what for, and where they say so.

Looked up in November 2026. A crawler reads robots.txt because it wants to: this is a notice, and no lock.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Crawler:
    token: str
    operator: str
    purpose: str
    source: str


TRAINING, SEARCH, ASKED = "training models", "an AI search engine", "pages that its users ask for"
CRAWLERS = (
    Crawler("AI2Bot", "Ai2", TRAINING, "https://allenai.org/crawler"),
    Crawler(
        "Amazonbot",
        "Amazon",
        "answers of its assistants, and training models",
        "https://developer.amazon.com/amazonbot",
    ),
    Crawler("Applebot-Extended", "Apple", TRAINING, "https://support.apple.com/en-us/119829"),
    Crawler("Bytespider", "ByteDance", TRAINING, "https://bytespider.bytedance.com"),
    Crawler("CCBot", "Common Crawl", "an open archive that models are trained on", "https://commoncrawl.org/ccbot"),
    Crawler("ChatGPT-User", "OpenAI", ASKED, "https://platform.openai.com/docs/bots"),
    Crawler("Claude-SearchBot", "Anthropic", SEARCH, "https://support.claude.com/en/articles/8896518"),
    Crawler("Claude-User", "Anthropic", ASKED, "https://support.claude.com/en/articles/8896518"),
    Crawler("ClaudeBot", "Anthropic", TRAINING, "https://support.claude.com/en/articles/8896518"),
    Crawler(
        "Google-Extended",
        "Google",
        "training and grounding Gemini",
        "https://developers.google.com/crawling/docs/crawlers-fetchers/google-common-crawlers",
    ),
    Crawler("GPTBot", "OpenAI", TRAINING, "https://platform.openai.com/docs/bots"),
    Crawler(
        "meta-externalagent", "Meta", TRAINING, "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers/"
    ),
    Crawler(
        "meta-externalfetcher", "Meta", ASKED, "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers/"
    ),
    Crawler("MistralAI-Index", "Mistral", SEARCH, "https://docs.mistral.ai/en/robots"),
    Crawler("MistralAI-Training", "Mistral", TRAINING, "https://docs.mistral.ai/en/robots"),
    Crawler("MistralAI-User", "Mistral", ASKED, "https://docs.mistral.ai/en/robots"),
    Crawler("OAI-SearchBot", "OpenAI", SEARCH, "https://platform.openai.com/docs/bots"),
    Crawler("Perplexity-User", "Perplexity", ASKED, "https://docs.perplexity.ai/docs/resources/perplexity-crawlers"),
    Crawler("PerplexityBot", "Perplexity", SEARCH, "https://docs.perplexity.ai/docs/resources/perplexity-crawlers"),
)
