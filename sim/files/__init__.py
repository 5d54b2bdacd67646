"""Files: read although a stranger wrote them, written so that a kill leaves the old one or the new one."""
