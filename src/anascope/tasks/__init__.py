"""The tasks that one network learns together: their truth, answers and measures.

A :class:`Task` holds everything that belongs to one task: its name and colour, the outputs of its
head, its truth and its loss, its columns in tables of predictions, and its measures. Training,
evaluation, studies and reports use the tasks of a preset and name none of them.
:mod:`anascope.reading` reads fields with a trained network and needs none of this.

The table of patches has one row a patch:

========================= ========== ==========================================================
column                    type       meaning
========================= ========== ==========================================================
field, specimen, patient  str        where the patch is from; patient may be missing
patch                     int        its number in the field
tp, fp, fn, tn            int        pixels, unknown ones left out; all 0 where there is no mask
``p_pattern_<class>``     float      probability of each class of the pattern space
``p_above_<level>``       float      probability that the intensity is above each level but the
                                     last
pattern, intensity        str, None  the labels, None where they are not known; several patterns of
                                     one serum as ``homogeneous+centromere``
========================= ========== ==========================================================

The tables of fields and specimens have the same columns from ``tp`` on, so the same
:func:`score` takes each of the three; ``patches`` is the number of patches that a row was
decided from. Another task adds its own columns in the same way.

>>> from anascope.tasks import INTENSITY
>>> from anascope.words import IntensityScale, PatternSpace, Vocabulary
>>> levels = IntensityScale(("negative", "intermediate", "positive"))
>>> INTENSITY.columns(Vocabulary(PatternSpace(("homogeneous", "golgi")), levels)).averaged
('p_above_negative', 'p_above_intermediate')
"""

from anascope.tasks._cells import CELLS
from anascope.tasks._intensity import INTENSITY
from anascope.tasks._labels import LabelTask
from anascope.tasks._mask import COUNTS, MASK
from anascope.tasks._measure import Measure, ScoreCounts
from anascope.tasks._mixture import MIXTURE
from anascope.tasks._multitask_loss import MultiTaskLoss
from anascope.tasks._named import TASKS, register, tasks_named
from anascope.tasks._pattern import PATTERN
from anascope.tasks._tables import by_field, by_specimen, score
from anascope.tasks._task import CellTruth, Columns, Level, Loss, Targets, Task, TaskStyle

__all__ = [
    "CELLS",
    "COUNTS",
    "INTENSITY",
    "MASK",
    "MIXTURE",
    "PATTERN",
    "TASKS",
    "CellTruth",
    "Columns",
    "LabelTask",
    "Level",
    "Loss",
    "Measure",
    "MultiTaskLoss",
    "ScoreCounts",
    "Targets",
    "Task",
    "TaskStyle",
    "by_field",
    "by_specimen",
    "register",
    "score",
    "tasks_named",
]
