"""Model cards: what is known of a model, readable without the network or PyTorch."""

from anascope.cards._card import CARD, ModelCard, read_card

__all__ = ["CARD", "ModelCard", "read_card"]
