"""Tables of what balancing costs and does by itself."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, markdown, measured


@measured("gradnorm-overhead", "speed.gradnorm", "gradnorm-overhead-*")
def gradnorm_overhead(*results: dict[str, Any]) -> str:
    """Return the table of GradNorm beside others' ways, one row a preset, device and way."""
    ways = {
        "exact": "anascope",
        "first_order": "whole graph, one `autograd.grad` a task",
        "naive": "the same with `create_graph`",
        "gradnorm_pytorch": "gradnorm-pytorch",
    }
    rows, notes = [], []
    for result in results:
        hardware = result["hardware"]
        device = hardware["gpu"] or f"{hardware['threads']} CPU threads"
        for preset, found in result["presets"].items():
            measured = [(key, way, found[key]) for key, way in ways.items() if key in found]
            rows += [
                [
                    f"`{preset}`, batch {found['batch_size']}, {device}",
                    way,
                    f"{found['batch_size'] / found['median_seconds'][key]:.2g}",
                    f"{values['flop_ratio']:.2f}",
                    f"{values['time_ratio']:.2f}",
                    "{:.2f} to {:.2f}".format(*values["time_ratio_range"]),
                    f"{values['memory_ratio']:.2f}",
                ]
                for key, way, values in measured
            ]
            apart = found["agreement"]["gradient_relative_difference_to_plain"]
            differences = [f"{apart[key]:.0e} ({way})" for key, way in ways.items() if key in apart]
            notes.append(
                f"The gradient of preset `{preset}` is that of the plain weighted sum to a "
                f"relative {', '.join(differences)}."
            )
        notes += [f"{ways[key]}: {why}." for key, why in result["left_out"].items()]
        package = result["settings"]["package"]
        notes.append(f"Made by `{result['command']}`" + (f" with {package}." if package else "."))
    columns = [
        "",
        "GradNorm",
        "patches/s",
        "operations",
        "time",
        "time, range over rounds",
        "peak memory",
    ]
    note = (
        "Ratios to the plain joint step: one forward, one sum, one backward. Operations are "
        "counted without those of the optimizer. gradnorm-pytorch adds the gradient of its balance "
        f"loss to the network's. {' '.join(notes)}\n"
    )
    return markdown(columns, rows) + "\n" + note


@measured("gradnorm-elsewhere", "study.elsewhere")
def gradnorm_elsewhere(result: dict[str, Any]) -> Written:
    """Return the table of what a step of each package's GradNorm does, a row a package."""
    columns = [
        "GradNorm of",
        "weight of a task that lags",
        "passes through the encoder",
        "gradient of the encoder",
        "gradient of the heads",
    ]
    rows = [
        [
            f"{name} {found['version']}" if "version" in found else name,
            f"{found['gain_of_the_lagging_task']:+.3f}".replace("-", "−"),
            str(found["passes_through_the_encoder"]),
            *(_apart(found["relative_difference"][part]) for part in ("encoder", "heads")),
        ]
        for name, found in result["steps"].items()
    ]
    note = " ".join(f"{name}: {why}." for name, why in result["left_out"].items())
    return columns, rows, note


def _apart(relative: float) -> str:
    """Return how far a gradient is from that of the weighted sum; below 1e-6 it is rounding."""
    return "exact" if relative < 1e-6 else f"{relative:.1%} off"


@measured("gradnorm-alpha", "study.alpha")
def gradnorm_alpha(result: dict[str, Any]) -> Written:
    """Return the table of the small problem at three alphas, a row a way to move the weights."""
    alphas = list(next(iter(result["ways"].values())))
    columns = ["weights moved by"]
    for alpha in alphas:
        columns += [f"α {alpha}: first loss at the end", "lowest weight"]
    rows = []
    for name, by_alpha in result["ways"].items():
        row = [name]
        for found in by_alpha.values():
            row += [f"{found['final_losses']['first']:.3f}", f"{found['lowest_weight']:.3g}"]
        rows.append(row)
    return columns, rows, ""
