"""What goes in and out of the routes by which agents become known."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.api.models import Plain, Strict, Time

Reason = Annotated[str, Plain, Field(min_length=1, max_length=200, examples=["存储卡被盗 card stolen"])]


class AgentInvited(Strict):
    """A one-time token. It is shown this once, and nowhere kept."""

    agent: str = Field(description="The agent's id")
    token: str = Field(description="What the agent enrols by, once: 43 characters")
    until: Time = Field(description="It is good until then, 15 minutes: RFC 3339, UTC")


class EnrolAgentRequest(Strict):
    """A token, and where the agent wants a certificate a request that its own key has signed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"token": "N8Yx…", "csr": "-----BEGIN CERTIFICATE REQUEST-----\n…"}]}
    )

    token: Annotated[str, Plain, Field(min_length=1, max_length=200)] = Field(description="The one-time token")
    csr: Annotated[str, Field(max_length=8_192)] = Field(
        "", description="PKCS #10 as PEM: EC P-256 or RSA; its names do not count. Empty: no certificate is wanted"
    )


class AgentEnrolled(Strict):
    """What the agent keeps, for its owner alone. It is told this once."""

    site: str = Field(description="The site's id")
    agent: str = Field(description="The agent's id")
    key: str = Field(description="The agent's key, 64 hex digits: what it seals by")
    broker_url: str = Field(description="Where its broker is", examples=["mqtts://hub.estate.example:8883"])
    broker_user: str = Field(description="Its user name at the broker")
    broker_password: str = Field(description="Its password at the broker; not asked for where the certificate is")
    ca: str = Field(description="Whom to trust at the broker, as PEM; empty: the system's authorities")
    certificate: str = Field(description="Its certificate as PEM; empty: none was asked for, or the hub has no authority")


class RevokeAgentRequest(Strict):
    """Why the agent is not to be believed any more."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "存储卡被盗 card stolen"}]})

    reason: Reason = Field(description="For the record")


class AgentRevoked(Strict):
    """What was taken away."""

    agent: str = Field(description="The agent's id")
    ended: int = Field(description="How many keys ended")


KeyStateName = Literal["none", "file", "enrolled", "changing", "revoked"]


class AgentKeyState(Strict):
    """How an agent stands. `file`: its key is in the estate file; `changing`: it has enrolled again and was not started anew."""

    agent: str = Field(description="The agent's id")
    name_zh: str = Field(description="Its name in Chinese")
    name_en: str = Field(description="Its name in English")
    state: KeyStateName = Field(description="none: it has to enrol")
    since: Time | None = Field(description="When it enrolled last")
    used: Time | None = Field(description="When it first spoke by that key")
    revoked: Time | None = Field(description="When its keys were taken away")
    reason: str = Field(description="Why they were")
    certified: bool = Field(description="Whether it was given a certificate")
    invited_until: Time | None = Field(description="Until when it may enrol by a token that was made")


class AgentKeyList(Strict):
    """All agents of the estate file."""

    agents: list[AgentKeyState] = Field(description="In the file's order")
