"""The platforms' webhooks on their way to us, some of which never come."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import requests

from core.sandbox.courier import douyin_signature
from core.sandbox.world import World
from tests.builders import Chain


@dataclass
class Post:
    """Hands over what the platforms write, late, twice or not at all, as the dice say."""

    chain: Chain
    world: World
    dice: random.Random
    seen: set[bytes] = field(default_factory=set)
    came: int = 0
    lost: int = 0

    def comes(self) -> None:
        """A third is lost; the rest comes in any order, some of it twice."""
        sent = requests.get(f"{self.chain.sandbox_url}/_sandbox/webhooks", timeout=10).json()
        fresh = [(row["platform"], row["body"].encode()) for row in sent["last"]
                 if row["body"].encode() not in self.seen]
        self.seen |= {body for _, body in fresh}
        bag = [one for one in fresh for _ in range(self.dice.choice([0, 1, 2]))]
        self.lost += len(set(fresh) - set(bag))
        self.came += len(bag)
        self.dice.shuffle(bag)
        take = self.chain.services.platforms.callbacks
        for platform, body in bag:
            if platform == "douyin":
                take.douyin(body, douyin_signature(self.world.douyin.client_secret, body))
            elif platform == "meituan":
                take.meituan(body)
