"""Who is drawn: published numbers, even spreads, and what is refused."""

from __future__ import annotations

from collections import Counter

import pytest

from anascope.errors import InputError
from anascope.synthetic import Population, laboratory_named


def test_like_i3a_is_the_published_set() -> None:
    population = Population.like("i3a")
    assert (len(population.labels), len(population)) == (252, 1008)
    assert Counter(pattern for pattern, _ in population.labels) == {
        "homogeneous": 53,
        "speckled": 52,
        "centromere": 51,
        "nucleolar": 50,
        "nuclear envelope": 21,
        "mitotic spindle": 15,
        "golgi": 10,
    }
    assert Counter(level for _, level in population.labels) == {
        "intermediate": 142,
        "positive": 110,
    }


def test_like_mivia_is_the_distribution() -> None:
    population = Population.like("mivia")
    assert len(population.labels) == len(population) == 28
    assert Counter(intensity for _, intensity in population.labels) == {
        "intermediate": 13,
        "positive": 15,
    }
    assert Counter(population.labels)["centromere", "intermediate"] == 3


@pytest.mark.parametrize("name", ["i3a", "mivia"])
def test_every_beginning_has_the_proportions_of_the_whole(name: str) -> None:
    counts = laboratory_named(name).labels
    total = sum(counts.values())
    labels = Population.like(name, patients=2 * total).labels
    for place in (0, 1):
        whole: Counter[str] = Counter()
        for label, count in counts.items():
            whole[label[place]] += count
        for patients in range(1, len(labels) + 1):
            found = Counter(label[place] for label in labels[:patients])
            assert all(abs(found[n] - patients * c / total) < 1 for n, c in whole.items())


def test_more_patients_begin_with_the_same_ones() -> None:
    few, many = (Population.like("i3a", patients=count).labels for count in (7, 300))
    assert many[:7] == few
    assert many[252:] == many[:48]


def test_named_patterns_are_spread_evenly() -> None:
    population = Population.even(
        ["hom", "AC-22+centromere", "speckled"], ["pos", "intermediate"], patients=12, fields=2
    )
    pairs = Counter(population.labels)
    assert set(pairs.values()) == {2}
    assert {pattern for pattern, _ in pairs} == {"homogeneous", "golgi+centromere", "speckled"}
    first, second = list(population.fields())[:2]
    assert (first.name, second.name) == ("001_1", "001_2")
    mixed = next(field for field in population.fields() if len(field.patterns) > 1)
    assert mixed.patterns == ("golgi", "centromere")


def test_without_a_number_each_pair_has_one_patient() -> None:
    assert len(Population.even(["golgi", "speckled"], ["positive", "negative"])) == 4


def test_a_serum_without_antibodies_is_negative_and_nothing_else() -> None:
    labels = Population.even(["negative", "golgi"], ["positive"]).labels
    assert sorted(labels) == [("golgi", "positive"), ("negative", "negative")]


@pytest.mark.parametrize(
    ("patterns", "intensities", "message"),
    [
        (["golgy"], ["positive"], "unknown pattern 'golgy'; .*did you mean 'golgi'"),
        (["golgi", "AC-22"], ["positive"], "'golgi' 2 times; expected each once"),
        (["golgi+polar"], ["positive"], "'golgi' 2 times"),
        (["golgi+negative"], ["positive"], "expected 'negative' alone"),
        (["golgi"], ["bright"], "intensities: unknown intensity 'bright'"),
        ([], ["positive"], "patterns: nothing; expected at least one"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    patterns: list[str], intensities: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Population.even(patterns, intensities)


def test_no_patients_and_no_fields_are_refused() -> None:
    with pytest.raises(InputError, match=r"^patients: 0; expected at least 1"):
        Population.like("i3a", patients=0)
    with pytest.raises(InputError, match=r"^fields: 0; expected at least 1"):
        Population.like("i3a", fields=0)
    with pytest.raises(InputError, match=r"laboratory: 'i3b'.*did you mean 'i3a'"):
        Population.like("i3b")
