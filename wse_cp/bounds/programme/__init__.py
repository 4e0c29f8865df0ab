"""The relaxation as a dynamic programme: its plan, the passing of messages, and the dual function's value."""
