import _machine

from . import common


class CIMOptimizer:
    def __init__(self, task_name, wait=False, interval=1, project_no=None, task_mode="quota", sample_number=None):
        assert task_mode in ("quota", "sample") and (task_mode == "sample") == (sample_number is not None)
        _machine.log("mode " + task_mode)
        self.name = task_name

    def solve(self, ising_matrix=None, negtail_flip=True, sort_solutions=False):
        assert not negtail_flip and sort_solutions
        self.matrix = ising_matrix
        self.rows = _machine.solve(ising_matrix, self.name, common.CheckpointManager.save_dir)
        return self.rows

    def get_hamiltonian(self):
        n = len(self.matrix)
        return [-sum(self.matrix[i][j] * s[i] * s[j] for i in range(n) for j in range(n)) for s in self.rows]
