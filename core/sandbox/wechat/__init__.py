"""WeCom, WeChat official account and WeChat mini-program protocols (wechat.md)."""
