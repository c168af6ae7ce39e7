from tests.running import studio

__all__ = ["studio"]
