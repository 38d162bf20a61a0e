import enum

import _machine

from . import common


class TaskMode(enum.Enum):
    OPTIMIZATION = "optimization"
    SAMPLING = "sampling"


class CIMOptimizer:
    def __init__(self, task_name, wait=True, interval=1, project_no=None, task_mode=TaskMode.OPTIMIZATION, sample_number=None):
        assert isinstance(task_mode, TaskMode)
        _machine.log("mode " + task_mode.value)
        self.name = task_name

    def solve(self, ising_matrix=None, negtail_flip=True, sort_solutions=False):
        return _machine.solve(ising_matrix, self.name, common.CheckpointManager.save_dir)
