"""Model cards: what is known of a model, readable without the network or PyTorch."""

from anascope.cards._card import CARD, STRIDE, ModelCard, read_card

__all__ = ["CARD", "STRIDE", "ModelCard", "read_card"]
