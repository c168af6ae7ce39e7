"""Removes by rules what nobody needs any more: rejected takes, the trash, segments and proxies. All rules begin off."""
