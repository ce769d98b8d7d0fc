"""Every encoder with every head keeps the contract."""

from __future__ import annotations

from tests.contract.networks import NetworkContract


class TestPlainPooled(NetworkContract):
    encoder, head = "plain", "pooled"


class TestPlainFlatten(NetworkContract):
    encoder, head = "plain", "flatten"


class TestResidualPooled(NetworkContract):
    encoder, head = "residual", "pooled"


class TestResidualFlatten(NetworkContract):
    encoder, head = "residual", "flatten"


class TestResNet34Pooled(NetworkContract):
    encoder, head = "resnet34", "pooled"


class TestResNet34Flatten(NetworkContract):
    encoder, head = "resnet34", "flatten"


class TestPlainDense(NetworkContract):
    encoder, head = "plain", "dense"


class TestResidualDense(NetworkContract):
    encoder, head = "residual", "dense"


class TestResNet34Dense(NetworkContract):
    encoder, head = "resnet34", "dense"


class TestEfficientNetLitePooled(NetworkContract):
    encoder, head = "efficientnet-lite0", "pooled"


class TestEfficientNetLiteFlatten(NetworkContract):
    encoder, head = "efficientnet-lite0", "flatten"


class TestEfficientNetLiteDense(NetworkContract):
    encoder, head = "efficientnet-lite0", "dense"


class TestEfficientNetLite1Dense(NetworkContract):
    encoder, head = "efficientnet-lite1", "dense"
    beyond_reach = 320


class TestEfficientNetLite2Dense(NetworkContract):
    encoder, head = "efficientnet-lite2", "dense"
    beyond_reach = 320
