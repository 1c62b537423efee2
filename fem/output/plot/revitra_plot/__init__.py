"""Pictures of what revitra-fem and revitra-point have computed; `command_line` is where it starts."""
