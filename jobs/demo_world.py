"""The sandbox of a demo: its world, how to serve it, and what the demo says of itself."""

from __future__ import annotations

import json
from dataclasses import replace

from core.config import Settings
from core.sandbox.demo import demo_world
from core.sandbox.world import World


def sandbox_world(settings: Settings) -> World:
    """The world of this DATA_DIR: the one of the last start, or a new one."""
    path = settings.data_dir / "sandbox.json"
    made = demo_world(sandbox_url=sandbox_url(settings), web_url=web_url(settings))
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        made.save(path)
    # The ports may differ from those of the last start.
    return replace(World.load(path), base_url=made.base_url, webhooks=made.webhooks)


def environment(world: World) -> dict[str, str]:
    """The settings under which our processes know the sandbox's chat and mini-programs."""
    wecom, official = world.wecom, world.official
    return {
        "WECOM_CORPID": wecom.corpid, "WECOM_AGENTID": str(wecom.agentid),
        "WECOM_SECRET": wecom.secret, "WECOM_TOKEN": wecom.token,
        "WECOM_AES_KEY": wecom.aes_key,
        "WECHAT_OFFICIAL_APPID": official.appid, "WECHAT_OFFICIAL_SECRET": official.secret,
        "WECHAT_OFFICIAL_TOKEN": official.token, "WECHAT_OFFICIAL_AES_KEY": official.aes_key,
        "WECHAT_OFFICIAL_TEMPLATE_ID": official.template_id,
        "WECHAT_MINI_APPID": world.wechat_mini.appid,
        "WECHAT_MINI_SECRET": world.wechat_mini.secret,
        "WECHAT_MINI_TEMPLATE_ID": world.wechat_mini.template_id,
        "DOUYIN_MINI_APPID": world.douyin_mini.appid,
        "DOUYIN_MINI_SECRET": world.douyin_mini.secret,
        "DOUYIN_MINI_TEMPLATE_ID": world.douyin_mini.template_id,
        "DOUYIN_MINI_PHONE_KEY": world.douyin_mini.phone_private_key,
    }


def serve_sandbox(settings: Settings) -> None:
    """Serve the sandbox until told to stop; threads, since injected faults hang connections."""
    # Here, because the demo's first process needs the world but no Flask, and starts faster so.
    from werkzeug.serving import make_server

    from core.sandbox.app import create_sandbox

    app = create_sandbox(sandbox_world(settings), str(settings.data_dir / "sandbox.db"))
    make_server("127.0.0.1", settings.sandbox_port, app, threaded=True).serve_forever()


def welcome(settings: Settings) -> str:
    """What the demo prints once everything answers."""
    content = json.loads((settings.data_dir / "demo.json").read_text(encoding="utf-8"))
    people = "\n".join(f"    {one['name']}  {one['role']:8} {one['username']} / {one['password']}"
                       for one in content["staff"])
    return (f"核销台 is ready.\n"
            f"  kiosk   {content['kiosk_page']}\n  desk    {content['desk_page']}\n"
            f"  chat    {content['chat_page']}\n  API     {content['docs']}\n"
            f"  staff (name, role, user / password):\n{people}\n"
            f"  sample codes and tokens: {settings.data_dir / 'demo.json'}\n  Ctrl-C stops.")


def sandbox_url(settings: Settings) -> str:
    """Where the sandbox answers."""
    return f"http://127.0.0.1:{settings.sandbox_port}"


def sandbox_answers(settings: Settings) -> str:
    """An address that answers 200 once the sandbox serves."""
    return f"{sandbox_url(settings)}/_sandbox/faults"


def web_url(settings: Settings) -> str:
    """Where our pages and API answer on this machine."""
    return f"http://127.0.0.1:{settings.port}"
