"""Studies whose runs are made up, shared by the tests that read them."""

from __future__ import annotations

import pytest

from anascope.studies import StudyFolder
from anascope.studies.analysis import Results, read_results
from tests.pretended import made_up_study, pretend_all


@pytest.fixture(scope="package")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A study folder in which two trainings of four epochs are done on two folds; only read."""
    folder = made_up_study(
        tmp_path_factory.mktemp("pretended"), settings=[{"training.epochs": 4}], folds={"count": 2}
    )
    pretend_all(folder)
    return folder


@pytest.fixture(scope="package")
def results(study: StudyFolder) -> Results:
    """What the runs of that study say."""
    return read_results(study)
