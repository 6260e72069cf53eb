"""Incidents as messages to people: WeCom, DingTalk, Feishu, ntfy, Bark, mail and more, by Apprise."""
