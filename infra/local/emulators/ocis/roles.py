"""The roles that every installation has: of people in the application, and of members in a space.

Source: oCIS, default roles of the settings service and of the sharing roles.
"""

ADMIN = "71881883-1768-46bd-a24d-a356a2afdf7f"
SPACE_ADMIN = "2aadd357-682c-406b-8874-293091995fdd"
USER = "d7beeea8-8ff4-406b-8fb6-ab2dd81e6b11"
USER_LIGHT = "38071a68-456a-4553-846a-fa67bf5596cc"
APP_ROLES = {ADMIN: "Admin", SPACE_ADMIN: "Space Admin", USER: "User", USER_LIGHT: "User Light"}

VIEWER = "a8d5fe5e-96e3-418d-825b-534dbdf22b99"
EDITOR = "58c63c02-1d89-4572-916a-870abc5a1b7d"
MANAGER = "312c0871-5ef7-4b3a-85b6-0e4074c64049"
SPACE_ROLES = {VIEWER: "Can view", EDITOR: "Can edit", MANAGER: "Can manage"}
