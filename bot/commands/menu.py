"""发布菜单: put the chat's menu up."""

from __future__ import annotations

from bot.incoming import Reply, Say
from bot.router import command
from core.services.actor import Role
from core.services.staff_sentences import platform_name
from core.services.staff_words import Words


@command("发布菜单", "publish menu", role=Role.ADMIN, usage=("发布菜单", "publish menu"),
         english="Put the menu up in the chat apps")
def publish_menu(say: Say) -> Reply:
    """把聊天底部的菜单换成最新的"""
    names = [platform_name(each) for each in say.services.chat_menu.publish(say.actor)]
    return Reply(Words(f"✅ 菜单换好了：{'、'.join(name.zh for name in names)}。重新进聊天就能看到",
                       f"✅ Menu published: {', '.join(name.en for name in names)}"))
